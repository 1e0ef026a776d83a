#include "core/runs/near_pairs.h"

#include <algorithm>
#include <numeric>

namespace verger {
namespace {

constexpr std::size_t kLeaf =
    16;  // points that are no longer halved: of 4 to 64, about the fastest

// A tree of boxes, each around a run of points and halved by its two branches.
class Search {
 public:
  Search(std::span<const float> points, std::size_t dimension, const NearPairsOptions& options)
      : dimension_(dimension),
        options_(options),
        most_apart_(options.radius * options.radius),
        order_(points.size() / dimension) {
    std::iota(order_.begin(), order_.end(), 0U);
    Plant(points, 0, order_.size());
    points_.reserve(points.size());
    for (const std::uint32_t point : order_) {
      const float* from = &points[point * dimension];
      points_.insert(points_.end(), from, from + dimension);
    }
  }

  NearPairs Run() {
    Within(0);
    std::sort(result_.pairs.begin(), result_.pairs.end());
    return std::move(result_);
  }

 private:
  struct Node {
    std::size_t begin, end;  // into order_
    std::size_t right;       // node of the second half; the first is the next node. 0: a leaf
  };

  // Makes a node of these points and the nodes below it: halves by the dimension in which the
  // points are spread the most.
  void Plant(std::span<const float> points, std::size_t begin, std::size_t end) {
    const std::size_t node = nodes_.size();
    nodes_.push_back({begin, end, 0});
    const std::size_t widest = DrawBox(points, begin, end);
    if (end - begin <= kLeaf) return;
    const std::size_t middle = begin + (end - begin) / 2;
    const auto at = [&](std::size_t i) { return order_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(middle), at(end), [&](std::uint32_t a, std::uint32_t b) {
      return points[a * dimension_ + widest] < points[b * dimension_ + widest];
    });
    Plant(points, begin, middle);
    nodes_[node].right = nodes_.size();
    Plant(points, middle, end);
  }

  // Returns the dimension in which the box is the widest.
  std::size_t DrawBox(std::span<const float> points, std::size_t begin, std::size_t end) {
    const float* first = &points[order_[begin] * dimension_];
    std::vector<float> low(first, first + dimension_), high = low;
    for (std::size_t i = begin; i < end; ++i) {
      const float* point = &points[order_[i] * dimension_];
      for (std::size_t k = 0; k < dimension_; ++k) {
        low[k] = std::min(low[k], point[k]);
        high[k] = std::max(high[k], point[k]);
      }
    }
    low_.insert(low_.end(), low.begin(), low.end());
    high_.insert(high_.end(), high.begin(), high.end());
    std::size_t widest = 0;
    for (std::size_t k = 1; k < dimension_; ++k) {
      if (high[k] - low[k] > high[widest] - low[widest]) widest = k;
    }
    return widest;
  }

  // All pairs of points of one node.
  void Within(std::size_t node) {
    if (nodes_[node].right != 0) {
      Within(node + 1);
      Within(nodes_[node].right);
      return Between(node + 1, nodes_[node].right);
    }
    for (std::size_t i = nodes_[node].begin; i < nodes_[node].end; ++i) {
      Compare(i, i + 1, nodes_[node].end);
    }
    if (options_.done) options_.done(nodes_[node].end - nodes_[node].begin);
  }

  // All pairs of a point of one node and a point of the other.
  void Between(std::size_t a, std::size_t b) {
    if (result_.too_many || !BoxesAreNear(a, b)) return;
    const Node& left = nodes_[a];
    const Node& right = nodes_[b];
    if (left.right != 0 && (right.right == 0 || left.end - left.begin >= right.end - right.begin)) {
      Between(a + 1, b);
      Between(left.right, b);
    } else if (right.right != 0) {
      Between(a, b + 1);
      Between(a, right.right);
    } else {
      for (std::size_t i = left.begin; i < left.end; ++i) {
        const float* point = &points_[i * dimension_];
        if (AreNear(point, point, b)) Compare(i, right.begin, right.end);
      }
    }
  }

  bool BoxesAreNear(std::size_t a, std::size_t b) const {
    return AreNear(&low_[a * dimension_], &high_[a * dimension_], b);
  }

  // Of the box from `low` to `high`, or the point that is both, and the box of a node. Most pairs
  // are decided by their first few dimensions, here as below.
  bool AreNear(const float* low, const float* high, std::size_t node) const {
    const float* node_low = &low_[node * dimension_];
    const float* node_high = &high_[node * dimension_];
    double apart = 0;
    for (std::size_t k = 0; k < dimension_; ++k) {
      const float gap = std::max({0.0F, node_low[k] - high[k], low[k] - node_high[k]});
      apart += static_cast<double>(gap) * gap;
      if (apart > most_apart_) return false;
    }
    return true;
  }

  bool AreNear(const float* a, const float* b) const {
    double apart = 0;
    for (std::size_t k = 0; k < dimension_; ++k) {
      const float gap = a[k] - b[k];
      apart += static_cast<double>(gap) * gap;
      if (apart > most_apart_) return false;
    }
    return true;
  }

  void Compare(std::size_t i, std::size_t begin, std::size_t end) {
    result_.compared += end - begin;
    for (std::size_t j = begin; j < end; ++j) {
      if (AreNear(&points_[i * dimension_], &points_[j * dimension_])) Keep(order_[i], order_[j]);
    }
  }

  void Keep(std::uint32_t i, std::uint32_t j) {
    const PointPair pair{std::min(i, j), std::max(i, j)};
    if (options_.accepts && !options_.accepts(pair)) return;
    result_.too_many = result_.pairs.size() == options_.most;
    if (!result_.too_many) result_.pairs.push_back(pair);
  }

  const std::size_t dimension_;
  const NearPairsOptions& options_;
  const double most_apart_;           // squared
  std::vector<std::uint32_t> order_;  // of the points, leaf by leaf
  std::vector<float> points_;         // in that order
  std::vector<Node> nodes_;
  std::vector<float> low_, high_;  // corners of the boxes, node by node
  NearPairs result_;
};

}  // namespace

NearPairs FindNearPairs(std::span<const float> points, std::size_t dimension,
                        const NearPairsOptions& options) {
  if (points.empty()) return {};
  return Search(points, dimension, options).Run();
}

}  // namespace verger
