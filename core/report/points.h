// points.h: the first components of photos, for a map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace verger {

// A map of more photos shows every second, third, ... of them.
inline constexpr std::int64_t kMostPoints = std::int64_t{1} << 20;

// How many components a map of so many points can be drawn by: their coordinates take some 11 MB of
// a page at most. At least 2 if there are as many.
std::size_t ComponentsShown(std::int64_t points, std::int64_t components);

// Coordinates as they come, each component for itself.
class Points {
 public:
  Points(std::int64_t rows, std::int64_t components);

  std::size_t components() const { return values_.size(); }
  // Point n is row n * stride() among those with features.
  std::uint64_t stride() const { return stride_; }
  std::size_t size() const { return labels_.size(); }
  std::uint64_t rows() const { return rows_; }
  const std::vector<std::uint32_t>& labels() const { return labels_; }

  // The next row. Requires: a score for each component, finite.
  void Add(std::span<const float> scores, std::uint32_t label);

  // Least and greatest of a component; 0, 0 without points.
  std::pair<float, float> Range(std::size_t component) const;

  // 16 bits for each coordinate, little-endian, component by component: 0 is the least of that
  // component and 65,535 the greatest.
  std::string Quantised() const;

 private:
  std::uint64_t stride_;
  std::uint64_t rows_ = 0;
  std::vector<std::vector<float>> values_;
  std::vector<std::uint32_t> labels_;
};

}  // namespace verger
