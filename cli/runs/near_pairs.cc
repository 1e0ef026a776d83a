#include "cli/runs/near_pairs.h"

#include <algorithm>
#include <numeric>

namespace verger::cli {
namespace {

constexpr std::size_t kBlock = 64;  // points a box is drawn around

class Search {
 public:
  Search(std::span<const float> points, std::size_t dimension, const NearPairsOptions& options)
      : dimension_(dimension),
        options_(options),
        most_apart_(options.radius * options.radius),
        order_(points.size() / dimension) {
    std::iota(order_.begin(), order_.end(), 0U);
    Arrange(points, 0, order_.size());
    points_.reserve(points.size());
    for (const std::uint32_t point : order_) {
      const float* from = &points[point * dimension];
      points_.insert(points_.end(), from, from + dimension);
    }
    for (std::size_t begin = 0; begin < order_.size(); begin += kBlock) DrawBox(begin);
  }

  NearPairs Run() {
    const std::size_t blocks = (order_.size() + kBlock - 1) / kBlock;
    for (std::size_t block = 0; block < blocks && !found_.too_many; ++block) {
      for (std::size_t other = block; other < blocks && !found_.too_many; ++other) {
        if (BoxesAreNear(block, other)) Compare(block, other);
      }
      if (options_.done) options_.done(BlockEnd(block) - block * kBlock);
    }
    std::sort(found_.pairs.begin(), found_.pairs.end());
    return std::move(found_);
  }

 private:
  // Puts points that lie near each other into the same block: halves them, at a block's end, by
  // the dimension in which they are spread the most.
  void Arrange(std::span<const float> points, std::size_t begin, std::size_t end) {
    if (end - begin <= kBlock) return;
    std::vector<float> low(dimension_), high(dimension_);
    const float* first = &points[order_[begin] * dimension_];
    std::copy_n(first, dimension_, low.begin());
    std::copy_n(first, dimension_, high.begin());
    for (std::size_t i = begin; i < end; ++i) {
      Widen(&points[order_[i] * dimension_], low.data(), high.data());
    }
    std::size_t widest = 0;
    for (std::size_t k = 1; k < dimension_; ++k) {
      if (high[k] - low[k] > high[widest] - low[widest]) widest = k;
    }
    const std::size_t middle = begin + (end - begin + kBlock) / (2 * kBlock) * kBlock;
    const auto at = [&](std::size_t i) { return order_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(middle), at(end), [&](std::uint32_t a, std::uint32_t b) {
      return points[a * dimension_ + widest] < points[b * dimension_ + widest];
    });
    Arrange(points, begin, middle);
    Arrange(points, middle, end);
  }

  void Widen(const float* point, float* low, float* high) const {
    for (std::size_t k = 0; k < dimension_; ++k) {
      low[k] = std::min(low[k], point[k]);
      high[k] = std::max(high[k], point[k]);
    }
  }

  void DrawBox(std::size_t begin) {
    const std::size_t at = low_.size();
    low_.insert(low_.end(), Point(begin), Point(begin) + dimension_);
    high_.insert(high_.end(), Point(begin), Point(begin) + dimension_);
    for (std::size_t i = begin; i < std::min(begin + kBlock, order_.size()); ++i) {
      Widen(Point(i), &low_[at], &high_[at]);
    }
  }

  // Of two boxes, a box and a point, or two points: a point is a box of no size. Most pairs are
  // decided by their first few dimensions.
  bool Near(const float* low_a, const float* high_a, const float* low_b,
            const float* high_b) const {
    double apart = 0;
    for (std::size_t k = 0; k < dimension_; ++k) {
      const double gap = std::max({0.0, static_cast<double>(low_b[k]) - high_a[k],
                                   static_cast<double>(low_a[k]) - high_b[k]});
      apart += gap * gap;
      if (apart > most_apart_) return false;
    }
    return true;
  }

  bool BoxesAreNear(std::size_t block, std::size_t other) const {
    const std::size_t a = block * dimension_, b = other * dimension_;
    return Near(&low_[a], &high_[a], &low_[b], &high_[b]);
  }

  void Compare(std::size_t block, std::size_t other) {
    const std::size_t box = other * dimension_;
    for (std::size_t i = block * kBlock; i < BlockEnd(block); ++i) {
      const float* point = Point(i);
      if (!Near(point, point, &low_[box], &high_[box])) continue;
      for (std::size_t j = std::max(i + 1, other * kBlock); j < BlockEnd(other); ++j) {
        ++found_.compared;
        if (Near(point, point, Point(j), Point(j))) Keep(i, j);
      }
    }
  }

  void Keep(std::size_t i, std::size_t j) {
    const PointPair pair{std::min(order_[i], order_[j]), std::max(order_[i], order_[j])};
    if (options_.wanted && !options_.wanted(pair)) return;
    if (found_.pairs.size() == options_.most) {
      found_.too_many = true;
      return;
    }
    found_.pairs.push_back(pair);
  }

  const float* Point(std::size_t i) const { return &points_[i * dimension_]; }
  std::size_t BlockEnd(std::size_t block) const {
    return std::min((block + 1) * kBlock, order_.size());
  }

  const std::size_t dimension_;
  const NearPairsOptions& options_;
  const double most_apart_;           // squared
  std::vector<std::uint32_t> order_;  // of the points, block by block
  std::vector<float> points_;         // in that order
  std::vector<float> low_, high_;     // corners of the boxes, a block after the other
  NearPairs found_;
};

}  // namespace

NearPairs FindNearPairs(std::span<const float> points, std::size_t dimension,
                        const NearPairsOptions& options) {
  if (points.empty()) return {};
  return Search(points, dimension, options).Run();
}

}  // namespace verger::cli
