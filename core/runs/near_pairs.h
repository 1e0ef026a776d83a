// near_pairs.h: finds pairs of near points without comparing all with all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace verger {

// Two points, by their index; a < b.
struct PointPair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;

  friend auto operator<=>(const PointPair&, const PointPair&) = default;
};

struct NearPairsOptions {
  double radius = 0;     // Euclidean
  std::size_t most = 0;  // pairs to keep
  // Whether a pair that is near counts; all do without it.
  std::function<bool(PointPair)> accepts;
  // Called from time to time with the number of points compared since the last call.
  std::function<void(std::size_t)> done;
};

struct NearPairs {
  std::vector<PointPair> pairs;  // ascending
  bool too_many = false;         // there are more than `most`: the search gave up
  std::uint64_t compared = 0;    // pairs of points that were looked at, in part or whole
};

// Every pair of points at most `radius` apart.
//
// Shape:  points.size() / dimension points, row-major, all finite; fewer than 2^32.
// Cost:   a copy of the points and half as much again. Groups of points whose boxes lie farther
//         apart are passed over whole; in the worst case, all near each other, it is quadratic.
//         Fastest where the dimensions of most variance come first, as in pca_features.
NearPairs FindNearPairs(std::span<const float> points, std::size_t dimension,
                        const NearPairsOptions& options);

}  // namespace verger
