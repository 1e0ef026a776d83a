// nearest.h: the rows that lie nearest to a query, of those seen so far.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace verger {

// A row by its number, and how far it lies from a query. Of equal distances the first row is
// nearer.
struct Neighbor {
  double distance = 0;
  std::int64_t row = 0;

  friend bool operator==(const Neighbor&, const Neighbor&) = default;
  friend bool operator<(const Neighbor& one, const Neighbor& other) {
    return std::pair(one.distance, one.row) < std::pair(other.distance, other.row);
  }
};

// Keeps the `most` nearest, in whichever order they come.
class Nearest {
 public:
  explicit Nearest(std::size_t most) : most_(most) {}

  // Beyond this distance no row is kept.
  double reach() const {
    if (heap_.size() < most_) return std::numeric_limits<double>::infinity();
    return heap_.empty() ? -1 : heap_.front().distance;
  }

  void Add(const Neighbor& neighbor) {
    if (heap_.size() == most_) {
      if (heap_.empty() || !(neighbor < heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = neighbor;
    } else {
      heap_.push_back(neighbor);
    }
    std::push_heap(heap_.begin(), heap_.end());
  }

  void Add(const Nearest& others) {
    for (const Neighbor& neighbor : others.heap_) Add(neighbor);
  }

  // Nearest first.
  std::vector<Neighbor> Sorted() const {
    std::vector<Neighbor> sorted = heap_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  std::size_t most_;
  std::vector<Neighbor> heap_;  // the farthest at its front
};

}  // namespace verger
