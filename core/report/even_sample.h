// even_sample.h: some of a stream, evenly spread, before anybody knows how long it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace verger {

// Keeps every stride-th of what it is offered, `most` / 2 to `most` of them: where there are more,
// the stride doubles. Which it keeps depends on nothing but how many were offered.
template <typename T>
class EvenSample {
 public:
  // Requires: most >= 2.
  explicit EvenSample(std::size_t most) : most_(most) {}

  // Whether Add would store the next item: only then it need be made.
  bool Wants() const { return offered_ % stride_ == 0; }
  void Skip() { ++offered_; }

  void Add(T item) {
    if (Wants()) {
      if (items_.size() == most_) Thin();
      if (Wants()) items_.push_back(std::move(item));
    }
    ++offered_;
  }

  const std::vector<T>& items() const { return items_; }
  std::uint64_t stride() const { return stride_; }

 private:
  void Thin() {
    std::size_t left = 1;  // the first stays: moved to itself it would be lost
    for (std::size_t at = 2; at < items_.size(); at += 2) items_[left++] = std::move(items_[at]);
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(left), items_.end());
    stride_ *= 2;
  }

  std::size_t most_;
  std::vector<T> items_;
  std::uint64_t offered_ = 0;
  std::uint64_t stride_ = 1;
};

}  // namespace verger
