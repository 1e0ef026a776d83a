#include "core/pca/definite.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/pca/multiply.h"
#include "core/pca/triangle.h"

namespace verger {

// Cholesky, U^T U, by bands of rows: most work is the update of what lies below a band.
bool IsPositiveDefinite(std::vector<double>& triangle, int dimension) {
  constexpr int kBand = 64;
  const auto row_of = [&](int row) {
    return triangle.data() +
           TriangleRow(static_cast<std::size_t>(dimension), static_cast<std::size_t>(row));
  };
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

}  // namespace verger
