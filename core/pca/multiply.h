// multiply.h: dense products in double, by the widest vectors the processor has.
#pragma once

#include <cstddef>
#include <memory>

namespace verger {

// A matrix where it lies: entry (i, j) is data[i * row + j * column].
struct MatrixView {
  const double* data;
  std::ptrdiff_t row;
  std::ptrdiff_t column;
};

// The right-hand factor of a product, copied into panels of as many columns as
// the kernel computes at a time. Columns past the last are 0.
class Panels {
 public:
  // Requires: every row is set before use.
  Panels(int rows, int columns);
  // Changes the number of rows, which must all be set again. Keeps the memory if it suffices: the
  // system clears what it hands out, which takes as long as to copy the rows.
  void Resize(int rows);
  Panels(int rows, int columns, MatrixView source);

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int width() const { return width_; }
  int count() const { return (columns_ + width_ - 1) / width_; }

  // Sets row `row` from columns() values.
  void SetRow(int row, const double* values);
  // Sets row `row` to `values` less `mean`, columns() of each.
  void SetRow(int row, const float* values, const double* mean);

  // Shape: (rows, width), row-major: columns from panel * width() on.
  const double* panel(int panel) const {
    return values_.get() + static_cast<std::size_t>(panel) * rows_ * width_;
  }

 private:
  int rows_ = 0;
  int columns_;
  int width_;
  std::size_t capacity_ = 0;  // of values_
  std::unique_ptr<double[]> values_;
};

// c += factor * a * b.
//
// Shape: a (rows, b.rows()); b (b.rows(), b.columns()); c (rows, b.columns()), row-major,
//        `stride` doubles from one row to the next.
void MultiplyAdd(double factor, int rows, MatrixView a, const Panels& b, double* c,
                 std::ptrdiff_t stride);

// c += a * b, where a is symmetric.
//
// Shape: triangle (triangle.h) of a (b.rows(), b.rows()); c (b.rows(), b.columns()), row-major.
void MultiplySymmetric(const double* triangle, const Panels& b, double* c);

// Adds factor * x^T x to a symmetric matrix.
//
// Shape: x (x.rows(), n); triangle (triangle.h) of (n, n).
void AddGram(double factor, const Panels& x, double* triangle);

}  // namespace verger
