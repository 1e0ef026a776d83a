#include "core/pca/cholesky.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "core/pca/multiply.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

// Rows of U taken at a time: most of the work is then products of matrices.
constexpr int kBand = 64;

std::size_t RowAt(int dimension, int row) {
  return TriangleRow(static_cast<std::size_t>(dimension), static_cast<std::size_t>(row));
}

// U^T y = b, from the first entry on.
void SolveForward(std::span<const double> triangle, int dimension, int count, double* rows) {
  for (int top = 0; top < dimension; top += kBand) {
    const int height = std::min(kBand, dimension - top);
    const int below = top + height;
    for (int r = 0; r < count; ++r) {
      double* y = rows + static_cast<std::ptrdiff_t>(r) * dimension;
      for (int k = top; k < below; ++k) {
        const double* u = triangle.data() + RowAt(dimension, k);
        y[k] /= u[k];
        for (int j = k + 1; j < below; ++j) y[j] -= y[k] * u[j];
      }
    }
    if (below == dimension) return;
    Panels band(height, dimension - below);
    for (int i = 0; i < height; ++i) {
      band.SetRow(i, triangle.data() + RowAt(dimension, top + i) + below);
    }
    MultiplyAdd(-1.0, count, {rows + top, dimension, 1}, band, rows + below, dimension);
  }
}

// U x = y, from the last entry back.
void SolveBackward(std::span<const double> triangle, int dimension, int count, double* rows) {
  const int last = (dimension - 1) / kBand * kBand;
  for (int top = last; top >= 0; top -= kBand) {
    const int height = std::min(kBand, dimension - top);
    for (int r = 0; r < count; ++r) {
      double* x = rows + static_cast<std::ptrdiff_t>(r) * dimension;
      for (int k = top + height - 1; k >= top; --k) {
        const double* u = triangle.data() + RowAt(dimension, k);
        for (int j = k + 1; j < top + height; ++j) x[k] -= u[j] * x[j];
        x[k] /= u[k];
      }
    }
    if (top == 0) return;
    Panels above(height, top);
    std::vector<double> column(static_cast<std::size_t>(top));
    for (int j = 0; j < height; ++j) {
      for (int i = 0; i < top; ++i) {
        column[static_cast<std::size_t>(i)] = triangle[RowAt(dimension, i) + top + j];
      }
      above.SetRow(j, column.data());
    }
    MultiplyAdd(-1.0, count, {rows + top, dimension, 1}, above, rows, dimension);
  }
}

}  // namespace

bool FactorCholesky(std::span<double> triangle, int dimension) {
  assert(triangle.size() == TriangleSize(static_cast<std::size_t>(dimension)));
  const auto row_of = [&](int row) { return triangle.data() + RowAt(dimension, row); };
  for (int top = 0; top < dimension; top += kBand) {
    const int rows = std::min(kBand, dimension - top);
    for (int i = 0; i < rows; ++i) {
      double* row = row_of(top + i);
      for (int k = 0; k < i; ++k) {
        const double* other = row_of(top + k);
        const double factor = other[top + i];
        for (int j = top + i; j < dimension; ++j) row[j] -= factor * other[j];
      }
      if (!(row[top + i] > 0)) return false;
      const double scale = 1 / std::sqrt(row[top + i]);
      for (int j = top + i; j < dimension; ++j) row[j] *= scale;
    }
    const int below = top + rows;
    if (below < dimension) {
      Panels band(rows, dimension - below);
      for (int i = 0; i < rows; ++i) band.SetRow(i, row_of(top + i) + below);
      // What is below and to the right is the triangle of a smaller matrix.
      AddGram(-1.0, band, row_of(below) + below);
    }
  }
  return true;
}

void SolveCholesky(std::span<const double> triangle, int dimension, std::span<double> rows) {
  const auto count = static_cast<int>(rows.size() / static_cast<std::size_t>(dimension));
  assert(rows.size() == static_cast<std::size_t>(count) * static_cast<std::size_t>(dimension));
  SolveForward(triangle, dimension, count, rows.data());
  SolveBackward(triangle, dimension, count, rows.data());
}

}  // namespace verger
