#include "cli/runs/part_writer.h"

#include <arrow/buffer.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/base/limits.h"
#include "cli/engine/batches.h"
#include "cli/runs/plan.h"

namespace verger::cli {
namespace {

bool ByPath(const PhotoRow& a, const PhotoRow& b) { return a.path < b.path; }

// Sorts rows by path, and their features with them. Returns where each row with features went;
// nothing if they were in order.
std::vector<std::uint32_t> SortByPath(PartRows* part, std::size_t dimension) {
  if (std::is_sorted(part->rows.begin(), part->rows.end(), ByPath)) return {};
  std::vector<std::size_t> order(part->rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ByPath(part->rows[a], part->rows[b]);
  });
  std::vector<std::uint32_t> good(part->rows.size());  // rows with features before this one
  std::uint32_t count = 0;
  for (std::size_t row = 0; row < part->rows.size(); ++row) {
    good[row] = count;
    count += part->rows[row].rejected() ? 0 : 1;
  }
  PartRows sorted;
  std::vector<std::uint32_t> places(count);
  std::uint32_t place = 0;
  for (const std::size_t row : order) {
    if (!part->rows[row].rejected()) {
      const auto begin =
          part->features.begin() + static_cast<std::ptrdiff_t>(good[row] * dimension);
      sorted.features.insert(sorted.features.end(), begin,
                             begin + static_cast<std::ptrdiff_t>(dimension));
      places[good[row]] = place++;
    }
    sorted.rows.push_back(std::move(part->rows[row]));
  }
  *part = std::move(sorted);
  return places;
}

}  // namespace

PartEntry EntryOf(FileEntry file, const std::vector<PhotoRow>& rows) {
  PartEntry part;
  part.file = std::move(file);
  for (const PhotoRow& row : rows) ++(row.rejected() ? part.rejects : part.rows);
  // Parts by a verger before version 2 of the manifest may be out of order.
  if (!rows.empty() && std::is_sorted(rows.begin(), rows.end(), ByPath)) {
    part.first = rows.front().path;
    part.last = rows.back().path;
  }
  return part;
}

void PartWriter::Add(PhotoRow row, std::span<const float> features) {
  if (row.rejected()) rejects_.push_back({row.path, row.error});
  pending_.rows.push_back(std::move(row));
  // One by one, and with room for all: `features` may be those of a row that waits here.
  const auto most = static_cast<std::size_t>(Limits().part_rows);
  pending_.features.reserve(most * static_cast<std::size_t>(model_.dimension));
  for (const float feature : features) pending_.features.push_back(feature);
  waiting_ += features.empty() ? 0 : 1;
  if (pending_.rows.size() == most) Flush();
}

void PartWriter::Flush() {
  if (pending_.rows.empty()) return;
  // First of all: what failed to be written, or to become durable, is not tried again.
  PartRows rows = std::exchange(pending_, {});
  waiting_ = 0;
  places_.push_back(SortByPath(&rows, static_cast<std::size_t>(model_.dimension)));
  const auto encoded = EncodePreprocessing(rows, model_.dimension, PartMetadata(model_));
  PartEntry part = EntryOf(
      output_.Publish(output_.NextPart(kPreprocessing), std::string_view(*encoded)), rows.rows);
  // As stored, part by part in order: the sum does not depend on threads or batches.
  AddToMoments(moments_, DecodeGoodRows(std::string_view(*encoded), part.file.name));
  parts_.push_back(std::move(part));
}

std::span<const float> PartWriter::FeaturesOfWaiting(std::size_t row) const {
  const auto dimension = static_cast<std::size_t>(model_.dimension);
  return std::span(pending_.features).subspan(row * dimension, dimension);
}

}  // namespace verger::cli
