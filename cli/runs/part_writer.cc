#include "cli/runs/part_writer.h"

#include <arrow/buffer.h>

#include <utility>

#include "cli/engine/batches.h"
#include "cli/runs/plan.h"

namespace verger::cli {

void PartWriter::Add(PhotoRow row, std::span<const float> features) {
  if (row.rejected()) rejects_.push_back({row.path, row.error});
  pending_.rows.push_back(std::move(row));
  // One by one, and with room for all: `features` may be those of a row that waits here.
  pending_.features.reserve(kPartRows * static_cast<std::size_t>(model_.dimension));
  for (const float feature : features) pending_.features.push_back(feature);
  waiting_ += features.empty() ? 0 : 1;
  if (pending_.rows.size() == kPartRows) Flush();
}

void PartWriter::Flush() {
  if (pending_.rows.empty()) return;
  // First of all: what failed to be written, or to become durable, is not tried again.
  const PartRows rows = std::exchange(pending_, {});
  waiting_ = 0;
  const auto encoded = EncodePreprocessing(rows, model_.dimension, PartMetadata(model_));
  PartEntry part;
  part.file = output_.Publish(output_.NextPart(kPreprocessing), std::string_view(*encoded));
  for (const PhotoRow& row : rows.rows) ++(row.rejected() ? part.rejects : part.rows);
  // Part by part in order: the sum does not depend on threads or batches.
  if (moments_ != nullptr) AddToMoments(*moments_, rows.features, model_.dimension);
  parts_.push_back(std::move(part));
}

std::span<const float> PartWriter::FeaturesOfWaiting(std::size_t row) const {
  const auto dimension = static_cast<std::size_t>(model_.dimension);
  return std::span(pending_.features).subspan(row * dimension, dimension);
}

}  // namespace verger::cli
