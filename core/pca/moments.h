// moments.h: everything PCA must know about rows it will never see together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// Count, mean and scatter of vectors, gathered in parts and merged.
//
// An empty Moments changes nothing it is merged into, and parts may be merged in
// any grouping: only the last bits differ (moments_test.cc bounds them).
// Memory: dimension * (dimension + 1) / 2 doubles from the first row on, next to none before.
// Const calls are safe from many threads; give each writing thread its own Moments.
class Moments {
 public:
  // Requires: dimension > 0. ResNet-50 features have 2048.
  explicit Moments(int dimension);

  int dimension() const { return dimension_; }
  std::int64_t count() const { return count_; }

  // Shape: (dimension). All 0 when empty.
  std::span<const double> mean() const { return mean_; }

  // Sum over rows of (row - mean)(row - mean)^T.
  // Shape: the upper triangle (triangle.h) of (dimension, dimension); no number when empty.
  std::span<const double> scatter() const { return scatter_; }

  // Counts in rows of float32, row-major, accumulating in double.
  // Requires: rows.size() is a multiple of dimension(), every value finite.
  // Cost:     rows * dimension^2 / 2 multiply-adds, and a pass over the scatter for each
  //           256 rows or fewer: calls with 256 at a time are three times as fast as with 16.
  // Errors:   std::bad_alloc, with nothing counted.
  void Add(std::span<const float> rows);

  // Counts in, once more, everything `other` has counted.
  // Requires: the same dimension. Errors: std::bad_alloc, with nothing counted.
  // Source: pairwise update of Chan, Golub and LeVeque (1983).
  void Merge(const Moments& other);

  // A versioned, little-endian form that Parse reads back bit for bit:
  // 16.8 MB for 2048 features (docs/feature-format.md).
  // Requires: bytes.size() == SerializedSize().
  void Serialize(std::span<std::byte> bytes) const;
  std::size_t SerializedSize() const;

  // Errors: kBadFeatures for bytes that are not whole saved moments.
  static Result<Moments> Parse(Bytes bytes);

 private:
  int dimension_;
  std::int64_t count_ = 0;
  std::vector<double> mean_;
  std::vector<double> scatter_;
};

}  // namespace verger
