#include "core/pca/moments.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/pca/multiply.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

// Rows taken at a time: enough that a pass over the scatter costs little beside
// the products, few enough that the panels stay in cache.
constexpr std::size_t kBlockRows = 256;

}  // namespace

Moments::Moments(int dimension)
    : dimension_(dimension), mean_(static_cast<std::size_t>(dimension)) {
  assert(dimension > 0);
}

void Moments::Add(std::span<const float> rows) {
  const auto width = static_cast<std::size_t>(dimension_);
  assert(rows.size() % width == 0);
  std::vector<double> shift(width);
  std::vector<double> centred(width);
  Panels panels(0, dimension_);
  while (!rows.empty()) {
    const std::size_t block = std::min(kBlockRows, rows.size() / width);

    // The block's own mean: far features lose no digits to a common offset.
    std::fill(shift.begin(), shift.end(), 0.0);
    for (std::size_t i = 0; i < block; ++i) {
      const float* row = rows.data() + i * width;
      for (std::size_t j = 0; j < width; ++j) shift[j] += row[j];
    }
    for (double& value : shift) value /= static_cast<double>(block);

    // One row more carries the distance of the two means (Chan, Golub and LeVeque).
    panels.Resize(static_cast<int>(block) + (count_ > 0 ? 1 : 0));
    for (std::size_t i = 0; i < block; ++i) {
      panels.SetRow(static_cast<int>(i), rows.data() + i * width, shift.data());
    }
    const double share =
        static_cast<double>(block) / static_cast<double>(count_ + static_cast<std::int64_t>(block));
    if (count_ > 0) {
      const double weight = std::sqrt(static_cast<double>(count_) * share);
      for (std::size_t j = 0; j < width; ++j) centred[j] = weight * (shift[j] - mean_[j]);
      panels.SetRow(static_cast<int>(block), centred.data());
    }
    if (scatter_.empty()) scatter_ = ZeroTriangle(width);
    AddGram(1.0, panels, scatter_.data());

    for (std::size_t j = 0; j < width; ++j) mean_[j] += share * (shift[j] - mean_[j]);
    count_ += static_cast<std::int64_t>(block);
    rows = rows.subspan(block * width);
  }
}

void Moments::Merge(const Moments& other) {
  assert(dimension_ == other.dimension_);
  if (other.count_ == 0) return;
  if (count_ == 0) {
    scatter_ = other.scatter_;
    mean_ = other.mean_;
    count_ = other.count_;
    return;
  }
  const auto width = static_cast<std::size_t>(dimension_);
  const std::int64_t total = count_ + other.count_;
  const double share = static_cast<double>(other.count_) / static_cast<double>(total);
  const double weight = static_cast<double>(count_) * share;
  std::vector<double> shift(width);
  for (std::size_t j = 0; j < width; ++j) shift[j] = other.mean_[j] - mean_[j];
  std::size_t entry = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const double factor = weight * shift[i];
    for (std::size_t j = i; j < width; ++j, ++entry) {
      scatter_[entry] += other.scatter_[entry] + factor * shift[j];
    }
  }
  for (std::size_t j = 0; j < width; ++j) mean_[j] += share * shift[j];
  count_ = total;
}

}  // namespace verger
