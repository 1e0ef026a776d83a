#include "core/evaluate/collect.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "core/runs/sample.h"

namespace verger {
namespace {

constexpr std::uint64_t kTimesFeatures = 4;  // training copies rows, and transforms a copy

std::uint64_t RankOfLast(std::int64_t expected, std::int64_t most) {
  if (expected <= most) return std::numeric_limits<std::uint64_t>::max();
  const double share = static_cast<double>(most) / static_cast<double>(expected);
  return static_cast<std::uint64_t>(std::ldexp(share, 64));
}

}  // namespace

std::int64_t MostRows(std::uint64_t memory, int dimension) {
  if (memory == 0) return std::numeric_limits<std::int64_t>::max();
  const std::uint64_t row = kTimesFeatures * sizeof(float) * static_cast<std::uint64_t>(dimension);
  return static_cast<std::int64_t>(std::max<std::uint64_t>(1, memory / row));
}

RowCollector::RowCollector(int dimension, std::int64_t expected, std::int64_t most,
                           LabelRule label_rule)
    : expected_(expected),
      last_rank_(RankOfLast(expected, most)),
      label_rule_(std::move(label_rule)) {
  rows_.dimension = dimension;
  const auto rows = static_cast<std::size_t>(std::min(expected, most));
  rows_.features.reserve(rows * rows_.width());
}

Status RowCollector::Add(std::string_view path, std::string_view label,
                         std::span<const float> features) {
  if (SampleRank(path) > last_rank_) return Ok();
  VERGER_ASSIGN_OR_RETURN(const std::string_view name, label_rule_.LabelOf(path, label));
  rows_.paths.emplace_back(path);
  labels_.emplace_back(name);
  rows_.features.insert(rows_.features.end(), features.begin(), features.end());
  return Ok();
}

EvaluationRows RowCollector::Finish(const std::vector<std::string>& label_names) && {
  for (const std::string& label : labels_) {
    const auto at = std::lower_bound(label_names.begin(), label_names.end(), label);
    rows_.labels.push_back(static_cast<int>(at - label_names.begin()));
  }
  rows_.label_names = label_names;
  return std::move(rows_);
}

std::vector<std::string> LabelNames(const RowCollector& rows, const RowCollector* test) {
  std::vector<std::string> names = rows.labels();
  if (test != nullptr) names.insert(names.end(), test->labels().begin(), test->labels().end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace verger
