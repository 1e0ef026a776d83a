// Near pairs of points: FindNearPairs beside nanoflann's tree; both must give the same pairs.
//
// Points are as scores of frames of videos are: clumps of about 5, 50 dimensions of falling
// variance, and a radius at which about two in five points have a near one.
#include "core/runs/near_pairs.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nanoflann.hpp>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

namespace verger {
namespace {

std::vector<float> Clumps(std::size_t count, std::size_t dimension) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> points, centre(dimension);
  points.reserve(count * dimension);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < dimension; ++k) {
      const float spread = 1 / std::sqrt(static_cast<float>(k + 1));
      if (i % 5 == 0) centre[k] = spread * normal(random);
      points.push_back(centre[k] + 0.1F * spread * normal(random));
    }
  }
  return points;
}

struct Rows {
  std::span<const float> points;
  std::size_t dimension;

  std::size_t kdtree_get_point_count() const { return points.size() / dimension; }
  float kdtree_get_pt(std::size_t row, std::size_t k) const { return points[row * dimension + k]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

// Takes the pairs of one point with the points after it.
class PairsOfPoint {
 public:
  PairsOfPoint(std::uint32_t point, double squared, std::vector<PointPair>* pairs)
      : point_(point), squared_(squared), pairs_(pairs) {}
  std::size_t size() const { return 0; }
  bool full() const { return true; }
  bool addPoint(double, std::uint32_t other) {
    if (other > point_) pairs_->push_back({point_, other});
    return true;
  }
  double worstDist() const { return squared_; }

 private:
  std::uint32_t point_;
  double squared_;
  std::vector<PointPair>* pairs_;
};

std::vector<PointPair> PairsByNanoflann(const Rows& rows, double radius) {
  using Distance = nanoflann::L2_Adaptor<float, Rows, double, std::uint32_t>;
  using Tree = nanoflann::KDTreeSingleIndexAdaptor<Distance, Rows, -1, std::uint32_t>;
  Tree tree(static_cast<int>(rows.dimension), rows, nanoflann::KDTreeSingleIndexAdaptorParams(16));
  tree.buildIndex();
  std::vector<PointPair> pairs;
  // nanoflann looks for less than the radius.
  const double squared = std::nextafter(radius * radius, std::numeric_limits<double>::infinity());
  for (std::uint32_t i = 0; i < rows.kdtree_get_point_count(); ++i) {
    PairsOfPoint matches(i, squared, &pairs);
    tree.findNeighbors(matches, &rows.points[i * rows.dimension], nanoflann::SearchParams());
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

const std::vector<float>& PointsOf(benchmark::State& state) {
  static std::vector<float> points;
  static std::pair<std::int64_t, std::int64_t> shape;
  const std::pair now(state.range(0), state.range(1));
  if (shape != now) {
    points = Clumps(static_cast<std::size_t>(now.first), static_cast<std::size_t>(now.second));
    shape = now;
  }
  return points;
}

constexpr double kRadius = 0.2;

void Ours(benchmark::State& state) {
  const std::vector<float>& points = PointsOf(state);
  const auto dimension = static_cast<std::size_t>(state.range(1));
  std::size_t pairs = 0;
  for (auto _ : state) {
    pairs = FindNearPairs(points, dimension, {kRadius, 100'000'000, {}, {}}).pairs.size();
  }
  state.counters["pairs"] = static_cast<double>(pairs);
}

void Nanoflann(benchmark::State& state) {
  const std::vector<float>& points = PointsOf(state);
  const auto dimension = static_cast<std::size_t>(state.range(1));
  std::vector<PointPair> pairs;
  for (auto _ : state) pairs = PairsByNanoflann({points, dimension}, kRadius);
  if (state.range(0) <= 100'000 &&
      pairs != FindNearPairs(points, dimension, {kRadius, 100'000'000, {}, {}}).pairs) {
    throw std::logic_error("not the same pairs");
  }
  state.counters["pairs"] = static_cast<double>(pairs.size());
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"points", "dimension"})->Unit(benchmark::kMillisecond)->Iterations(1);
  for (const std::int64_t points : {10'000, 100'000, 1'000'000}) {
    for (const std::int64_t dimension : {8, 50}) benchmark->Args({points, dimension});
  }
}

BENCHMARK(Ours)->Apply(Sizes);
BENCHMARK(Nanoflann)->Apply(Sizes);

}  // namespace
}  // namespace verger

BENCHMARK_MAIN();
