#include "cli/runs/sources.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>

#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

// A part may take 128 MiB.
constexpr std::size_t kPartsInMemory = 2;

}  // namespace

struct Sources::Part {
  std::string name;
  Batch rows;  // sha256, features
  const arrow::StringArray* sha256;
  const arrow::ListArray* features;
  std::unordered_map<std::string_view, std::int64_t> by_content;

  bool Has(std::int64_t row, std::string_view content) const {
    return row >= 0 && row < rows->num_rows() && !features->IsNull(row) && !sha256->IsNull(row) &&
           sha256->GetView(row) == content;
  }
};

Sources::Sources(const Output& output) : output_(output) {
  if (!output.manifest()) return;
  for (const PartEntry& part : output.manifest()->preprocessing) {
    listed_.emplace(part.file.name, &part.file);
  }
}

std::string Sources::PathOf(const std::string& part) const { return output_.place().PathOf(part); }

std::optional<std::vector<float>> Sources::Features(const std::string& part, std::int64_t row,
                                                    std::string_view sha256) {
  const std::shared_ptr<const Part> rows = Load(part);
  if (!rows->Has(row, sha256)) {
    const auto same = rows->by_content.find(sha256);
    if (same == rows->by_content.end()) return std::nullopt;
    row = same->second;
  }
  const auto& values = static_cast<const arrow::FloatArray&>(*rows->features->values());
  const float* begin = values.raw_values() + rows->features->value_offset(row);
  return std::vector<float>(begin, begin + rows->features->value_length(row));
}

std::shared_ptr<const Sources::Part> Sources::Load(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto loaded = std::find_if(latest_.begin(), latest_.end(),
                                   [&](const auto& part) { return part->name == name; });
  if (loaded != latest_.end()) return *loaded;
  // What was damaged after it was written must not be copied as if it were right.
  const auto entry = listed_.find(name);
  const std::string bytes =
      entry != listed_.end() ? output_.Read(*entry->second) : output_.place().Read(name);
  auto part = std::make_shared<Part>();
  part->name = name;
  part->rows = DecodeContents(bytes, output_.place().PathOf(name));
  part->sha256 = &ColumnOf<arrow::StringArray>(*part->rows, "sha256");
  part->features = &ColumnOf<arrow::ListArray>(*part->rows, "features");
  for (std::int64_t row = 0; row < part->rows->num_rows(); ++row) {
    if (part->features->IsNull(row) || part->sha256->IsNull(row)) continue;
    part->by_content.emplace(part->sha256->GetView(row), row);
  }
  if (latest_.size() == kPartsInMemory) latest_.pop_front();
  latest_.push_back(part);
  return part;
}

}  // namespace verger::cli
