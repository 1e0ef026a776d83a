#include "cli/runs/feature_distances.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "cli/engine/batches.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

constexpr std::size_t kMostBytes = 256'000'000;

double Distance(const float* a, const float* b, std::size_t dimension) {
  double sum = 0;
  for (std::size_t k = 0; k < dimension; ++k) {
    const double gap = static_cast<double>(a[k]) - b[k];
    sum += gap * gap;
  }
  return std::sqrt(sum);
}

class Distances {
 public:
  Distances(const Output& output, std::span<const Source> rows, ProgressMode mode)
      : output_(output),
        parts_(output.Extracted().preprocessing),
        rows_(rows),
        dimension_(static_cast<std::size_t>(output.Extracted().model.dimension)),
        progress_({"check", ProgressUnit::kBytes, 0, mode}) {}

  std::vector<double> Of(std::span<const PointPair> pairs) {
    // As many pairs at a time as keep the features of their rows in bounds; a pair needs two.
    const std::size_t most = std::max<std::size_t>(2, kMostBytes / sizeof(float) / dimension_);
    std::vector<double> distances;
    while (distances.size() < pairs.size()) {
      slots_.clear();
      std::size_t end = distances.size();
      for (; end < pairs.size() && slots_.size() + 2 <= most; ++end) {
        slots_.try_emplace(pairs[end].a);
        slots_.try_emplace(pairs[end].b);
      }
      ReadRows();
      for (const PointPair& pair : pairs.subspan(distances.size(), end - distances.size())) {
        distances.push_back(
            Distance(&features_[slots_.at(pair.a)], &features_[slots_.at(pair.b)], dimension_));
      }
    }
    progress_.Finish();
    return distances;
  }

 private:
  // The features of the rows that have a slot; each part is read once.
  void ReadRows() {
    features_.clear();
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_part;
    for (const auto& [row, slot] : slots_) by_part[rows_[row].part].push_back(row);
    for (const auto& [part, rows] : by_part) {
      const FileEntry& file = parts_[part].file;
      const Batch batch = DecodeGoodRows(output_.Read(file), file.name);
      for (const std::uint32_t row : rows) Take(*batch, row, file.name);
      progress_.Add(file.bytes);
    }
  }

  void Take(const arrow::RecordBatch& batch, std::uint32_t row, const std::string& name) {
    const auto& lists = static_cast<const arrow::ListArray&>(*batch.GetColumnByName("features"));
    const auto& values = static_cast<const arrow::FloatArray&>(*lists.values());
    const std::int64_t at = rows_[row].row;
    if (at >= lists.length() || static_cast<std::size_t>(lists.value_length(at)) != dimension_) {
      throw Damaged(fmt::format("{}: not the features of {} numbers that the manifest says", name,
                                dimension_));
    }
    slots_[row] = features_.size();
    const float* begin = values.raw_values() + lists.value_offset(at);
    features_.insert(features_.end(), begin, begin + dimension_);
  }

  const Output& output_;
  const std::vector<PartEntry>& parts_;
  const std::span<const Source> rows_;
  const std::size_t dimension_;
  Progress progress_;
  std::map<std::uint32_t, std::size_t> slots_;  // where the features of a row begin
  std::vector<float> features_;
};

}  // namespace

std::vector<double> FeatureDistances(const Output& output, std::span<const Source> rows,
                                     std::span<const PointPair> pairs, ProgressMode progress) {
  if (pairs.empty()) return {};
  return Distances(output, rows, progress).Of(pairs);
}

}  // namespace verger::cli
