#include "core/pca/definite.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/pca/multiply.h"

namespace verger {

// Cholesky, U^T U, by bands of rows: most work is the update of what lies below a band.
bool IsPositiveDefinite(std::vector<double>& matrix, int dimension) {
  constexpr int kBand = 64;
  for (int top = 0; top < dimension; top += kBand) {
    const int rows = std::min(kBand, dimension - top);
    const std::ptrdiff_t width = dimension;
    double* band = matrix.data() + top * width;
    for (int i = 0; i < rows; ++i) {
      double* row = band + i * width;
      for (int k = 0; k < i; ++k) {
        const double* other = band + k * width;
        const double factor = other[top + i];
        for (int j = top + i; j < dimension; ++j) row[j] -= factor * other[j];
      }
      if (!(row[top + i] > 0)) return false;
      const double scale = 1 / std::sqrt(row[top + i]);
      for (int j = top + i; j < dimension; ++j) row[j] *= scale;
    }
    const int below = top + rows;
    if (below < dimension) {
      AddGram(-1.0, Panels(rows, dimension - below, {band + below, width, 1}),
              matrix.data() + below * width + below, width);
    }
  }
  return true;
}

}  // namespace verger
