#include "core/report/points.h"

#include <algorithm>
#include <cmath>

namespace verger {
namespace {

constexpr std::int64_t kMostCoordinates = std::int64_t{4} << 20;
constexpr std::int64_t kMostComponents = 12;

std::uint64_t StrideFor(std::int64_t rows) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(1, (rows + kMostPoints - 1) / kMostPoints));
}

std::int64_t PointsOf(std::int64_t rows) {
  const auto stride = static_cast<std::int64_t>(StrideFor(rows));
  return (rows + stride - 1) / stride;
}

}  // namespace

std::size_t ComponentsShown(std::int64_t points, std::int64_t components) {
  const std::int64_t fit = kMostCoordinates / std::max<std::int64_t>(1, points);
  return static_cast<std::size_t>(
      std::min(components, std::clamp<std::int64_t>(fit, 2, kMostComponents)));
}

Points::Points(std::int64_t rows, std::int64_t components)
    : stride_(StrideFor(rows)), values_(ComponentsShown(PointsOf(rows), components)) {}

void Points::Add(std::span<const float> scores, std::uint32_t label) {
  if (rows_++ % stride_ != 0) return;
  for (std::size_t component = 0; component < values_.size(); ++component) {
    values_[component].push_back(scores[component]);
  }
  labels_.push_back(label);
}

std::pair<float, float> Points::Range(std::size_t component) const {
  const std::vector<float>& values = values_[component];
  if (values.empty()) return {0, 0};
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  return {*least, *greatest};
}

std::string Points::Quantised() const {
  std::string bytes;
  bytes.reserve(2 * values_.size() * size());
  for (std::size_t component = 0; component < values_.size(); ++component) {
    const auto [least, greatest] = Range(component);
    const double step = (static_cast<double>(greatest) - least) / 65'535;
    for (const float value : values_[component]) {
      const auto level = static_cast<unsigned>(
          step > 0 ? std::lround((static_cast<double>(value) - least) / step) : 0);
      bytes.push_back(static_cast<char>(level & 0xFF));
      bytes.push_back(static_cast<char>(level >> 8 & 0xFF));
    }
  }
  return bytes;
}

}  // namespace verger
