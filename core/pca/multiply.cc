#include "core/pca/multiply.h"

#include <algorithm>
#include <vector>

#include "core/base/huge_pages.h"
#include "core/pca/triangle.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/pca/multiply.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, always.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace verger::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<double, 8>;
using Vector = hn::Vec<Lanes>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Lanes()));
// A tile of 4 rows keeps 12 sums of 4 lanes in registers, enough to hide the latency of a fused
// multiply-add; with 2 lanes, widths must stay a multiple of 4. Processors of 8 lanes have twice
// as many registers: 8 rows read the right-hand factor half as often.
constexpr int kVectors = kLanes >= 4 ? 3 : 4 / kLanes;
constexpr int kWidth = kVectors * kLanes;

template <int kRows>
HWY_INLINE void Tile(double factor, int depth, const double* HWY_RESTRICT a, ptrdiff_t a_row,
                     ptrdiff_t a_column, const double* HWY_RESTRICT b, double* HWY_RESTRICT c,
                     ptrdiff_t stride, ptrdiff_t step, int columns) {
  const Lanes lanes;
  Vector sums[kRows][kVectors];
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) sums[i][v] = hn::Zero(lanes);
  }
  // Rows of a triangle begin at distances that no processor foresees: without this, a quarter of
  // the time is spent waiting for them.
  ptrdiff_t row = 0;
  for (int i = 0; i < kRows; ++i, row += stride + (i - 1) * step) {
    for (int j = 0; j < kWidth; j += 8) __builtin_prefetch(c + row + j, 1);
    __builtin_prefetch(c + row + kWidth - 1, 1);
  }
  for (int k = 0; k < depth; ++k) {
    Vector right[kVectors];
    for (int v = 0; v < kVectors; ++v) right[v] = hn::LoadU(lanes, b + v * kLanes);
    for (int i = 0; i < kRows; ++i) {
      const Vector left = hn::Set(lanes, a[i * a_row]);
      for (int v = 0; v < kVectors; ++v) sums[i][v] = hn::MulAdd(left, right[v], sums[i][v]);
    }
    a += a_column;
    b += kWidth;
  }
  const Vector scale = hn::Set(lanes, factor);
  for (int i = 0; i < kRows; ++i, c += stride, stride += step) {
    if (columns == kWidth) {
      for (int v = 0; v < kVectors; ++v) {
        double* out = c + v * kLanes;
        hn::StoreU(hn::MulAdd(scale, sums[i][v], hn::LoadU(lanes, out)), lanes, out);
      }
    } else {
      double last[kWidth];
      for (int v = 0; v < kVectors; ++v) {
        hn::StoreU(hn::Mul(scale, sums[i][v]), lanes, last + v * kLanes);
      }
      for (int j = 0; j < columns; ++j) c[j] += last[j];
    }
  }
}

// Tiles of kRows rows, as long as there are as many. Sets `rows` to the number left, and `a`, `c`
// and `stride` to the first of them.
template <int kRows>
HWY_INLINE void Tiles(double factor, int& rows, int depth, const double*& a, ptrdiff_t a_row,
                      ptrdiff_t a_column, const double* b, double*& c, ptrdiff_t& stride,
                      ptrdiff_t step, int columns) {
  for (; rows >= kRows; rows -= kRows) {
    Tile<kRows>(factor, depth, a, a_row, a_column, b, c, stride, step, columns);
    a += kRows * a_row;
    c += kRows * stride + kRows * (kRows - 1) / 2 * step;
    stride += kRows * step;
  }
}

// c += factor * a * b for one panel b. From one row of c to the next it is `stride` doubles, which
// grow by `step` with each row.
void MultiplyPanel(double factor, int rows, int depth, const double* a, ptrdiff_t a_row,
                   ptrdiff_t a_column, const double* b, double* c, ptrdiff_t stride, ptrdiff_t step,
                   int columns) {
  if constexpr (kLanes >= 8) {
    Tiles<8>(factor, rows, depth, a, a_row, a_column, b, c, stride, step, columns);
  }
  Tiles<4>(factor, rows, depth, a, a_row, a_column, b, c, stride, step, columns);
  Tiles<1>(factor, rows, depth, a, a_row, a_column, b, c, stride, step, columns);
}

int Width() { return kWidth; }

}  // namespace verger::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace verger {
namespace {

HWY_EXPORT(MultiplyPanel);
HWY_EXPORT(Width);

// A panel of this depth, at 12 columns, is 24 KiB: it stays in the first cache
// while the left-hand factor streams past.
constexpr int kDepth = 256;
// Columns of the Gram matrix's left-hand factor that stay in the second cache.
constexpr int kGroup = 144;
// From one row of a dense square of kDepth columns to the next: no multiple of a large power of 2,
// whose multiples would share few places of a cache.
constexpr int kSquareRow = kDepth + 8;

// Copies columns from `left` of rows from `top` of a symmetric matrix to a dense square. On the
// diagonal, where left is top, all of it; else above it.
void CopySquare(const double* triangle, std::size_t dimension, int top, int rows, int left,
                int columns, double* square) {
  for (int i = 0; i < rows; ++i) {
    const double* row = triangle + TriangleRow(dimension, static_cast<std::size_t>(top + i)) + left;
    const int first = left == top ? i : 0;
    std::copy(row + first, row + columns, square + i * kSquareRow + first);
    if (left != top) continue;
    for (int j = i + 1; j < columns; ++j) square[j * kSquareRow + i] = row[j];
  }
}

}  // namespace

Panels::Panels(int rows, int columns) : columns_(columns), width_(HWY_DYNAMIC_DISPATCH(Width)()) {
  Resize(rows);
}

void Panels::Resize(int rows) {
  rows_ = rows;
  const std::size_t panel = static_cast<std::size_t>(rows) * width_;
  if (const std::size_t size = panel * count(); size > capacity_) {
    values_ = std::make_unique_for_overwrite<double[]>(size);
    AdviseHugePages(values_.get(), size * sizeof(double));
    capacity_ = size;
  }
  std::fill_n(values_.get() + panel * (count() - 1), panel, 0.0);  // the columns past the last
}

Panels::Panels(int rows, int columns, MatrixView source) : Panels(rows, columns) {
  double* out = values_.get();
  for (int left = 0; left < columns; left += width_) {
    const int used = std::min(width_, columns - left);
    for (int i = 0; i < rows; ++i, out += width_) {
      const double* in = source.data + i * source.row + left * source.column;
      for (int j = 0; j < used; ++j) out[j] = in[j * source.column];
    }
  }
}

void Panels::SetRow(int row, const double* values) {
  double* out = values_.get() + static_cast<std::size_t>(row) * width_;
  for (int left = 0; left < columns_; left += width_) {
    std::copy_n(values + left, std::min(width_, columns_ - left), out);
    out += static_cast<std::size_t>(rows_) * width_;
  }
}

void Panels::SetRow(int row, const float* values, const double* mean) {
  double* out = values_.get() + static_cast<std::size_t>(row) * width_;
  for (int left = 0; left < columns_; left += width_) {
    const int right = std::min(left + width_, columns_);
    for (int j = left; j < right; ++j) out[j - left] = values[j] - mean[j];
    out += static_cast<std::size_t>(rows_) * width_;
  }
}

void MultiplyAdd(double factor, int rows, MatrixView a, const Panels& b, double* c,
                 std::ptrdiff_t stride) {
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyPanel);
  for (int top = 0; top < b.rows(); top += kDepth) {
    const int depth = std::min(kDepth, b.rows() - top);
    for (int p = 0; p < b.count(); ++p) {
      const int left = p * b.width();
      multiply(factor, rows, depth, a.data + top * a.column, a.row, a.column,
               b.panel(p) + static_cast<std::ptrdiff_t>(top) * b.width(), c + left, stride, 0,
               std::min(b.width(), b.columns() - left));
    }
  }
}

void MultiplySymmetric(const double* triangle, const Panels& b, double* c) {
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyPanel);
  const int dimension = b.rows();
  std::vector<double> square(static_cast<std::size_t>(kDepth) * kSquareRow);
  // c, from row `to`, += the square, or its transpose, * b from row `from`.
  const auto add = [&](int to, int rows, MatrixView a, int from, int depth) {
    for (int p = 0; p < b.count(); ++p) {
      const int left = p * b.width();
      multiply(1.0, rows, depth, a.data, a.row, a.column,
               b.panel(p) + static_cast<std::ptrdiff_t>(from) * b.width(),
               c + static_cast<std::ptrdiff_t>(to) * b.columns() + left, b.columns(), 0,
               std::min(b.width(), b.columns() - left));
    }
  };
  for (int top = 0; top < dimension; top += kDepth) {
    const int rows = std::min(kDepth, dimension - top);
    for (int left = top; left < dimension; left += kDepth) {
      const int columns = std::min(kDepth, dimension - left);
      CopySquare(triangle, static_cast<std::size_t>(dimension), top, rows, left, columns,
                 square.data());
      add(top, rows, {square.data(), kSquareRow, 1}, left, columns);
      if (left != top) add(left, columns, {square.data(), 1, kSquareRow}, top, rows);
    }
  }
}

void AddGram(double factor, const Panels& x, double* triangle) {
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyPanel);
  const int width = x.width();
  const int group = std::max(1, kGroup / width);
  const auto dimension = static_cast<std::size_t>(x.columns());
  std::vector<double> square(static_cast<std::size_t>(width) * static_cast<std::size_t>(width));
  for (int first = 0; first < x.count(); first += group) {
    for (int right = first; right < x.count(); ++right) {
      const int columns = std::min(width, x.columns() - right * width);
      for (int left = first; left < std::min(first + group, right); ++left) {
        const int top = left * width;
        multiply(factor, width, x.rows(), x.panel(left), 1, width, x.panel(right),
                 triangle + TriangleRow(dimension, static_cast<std::size_t>(top)) + right * width,
                 x.columns() - top - 1, -1, columns);
      }
      if (right >= first + group) continue;
      // On the diagonal: what lies below it has no place in the triangle.
      std::fill(square.begin(), square.end(), 0.0);
      multiply(factor, columns, x.rows(), x.panel(right), 1, width, x.panel(right), square.data(),
               width, 0, columns);
      for (int i = 0; i < columns; ++i) {
        double* row = triangle +
                      TriangleRow(dimension, static_cast<std::size_t>(right * width + i)) +
                      right * width;
        for (int j = i; j < columns; ++j) row[j] += square[static_cast<std::size_t>(i * width + j)];
      }
    }
  }
}

}  // namespace verger
#endif
