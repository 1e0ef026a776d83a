#include "cli/runs/part_writer.h"

#include <arrow/buffer.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/engine/batches.h"
#include "cli/runs/plan.h"

namespace verger::cli {
namespace {

bool ByPath(const PhotoRow& a, const PhotoRow& b) { return a.path < b.path; }

// Sorts rows by path, and their features with them.
void SortByPath(PartRows* part, std::size_t dimension) {
  if (std::is_sorted(part->rows.begin(), part->rows.end(), ByPath)) return;
  std::vector<std::size_t> order(part->rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ByPath(part->rows[a], part->rows[b]);
  });
  std::vector<std::size_t> features(part->rows.size());  // where those of a row begin
  std::size_t begin = 0;
  for (std::size_t row = 0; row < part->rows.size(); ++row) {
    features[row] = begin;
    begin += part->rows[row].rejected() ? 0 : dimension;
  }
  PartRows sorted;
  sorted.features.reserve(part->features.size());
  for (const std::size_t row : order) {
    if (!part->rows[row].rejected()) {
      const float* own = part->features.data() + features[row];
      sorted.features.insert(sorted.features.end(), own, own + dimension);
    }
    sorted.rows.push_back(std::move(part->rows[row]));
  }
  *part = std::move(sorted);
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
  if (pending_.features.empty()) {
    pending_.features.reserve(static_cast<std::size_t>(part_rows_ * model_.dimension));
  }
  pending_.rows.push_back(std::move(row));
  pending_.features.insert(pending_.features.end(), features.begin(), features.end());
  waiting_ += features.empty() ? 0 : 1;
  if (std::ssize(pending_.rows) == part_rows_) Flush();
}

void PartWriter::Flush() {
  if (pending_.rows.empty()) return;
  // First of all: what failed to be written, or to become durable, is not tried again.
  PartRows rows = std::exchange(pending_, {});
  waiting_ = 0;
  SortByPath(&rows, static_cast<std::size_t>(model_.dimension));
  const auto encoded = EncodePreprocessing(rows, model_.dimension, PartMetadata(model_));
  parts_.push_back(EntryOf(
      output_.Publish(output_.NextPart(kPreprocessing), std::string_view(*encoded)), rows.rows));
  // Part by part in order: the sum does not depend on threads or batches.
  if (moments_ != nullptr) AddToMoments(*moments_, rows.features, model_.dimension);
}

std::span<const float> PartWriter::FeaturesOfWaiting(std::size_t row) const {
  const auto dimension = static_cast<std::size_t>(model_.dimension);
  return std::span(pending_.features).subspan(row * dimension, dimension);
}

}  // namespace verger::cli
