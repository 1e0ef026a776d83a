#include "core/pca/definite.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/pca/multiply.h"

namespace verger {

// Cholesky, U^T U, a band of rows at a time: most work is one product a band.
bool IsPositiveDefinite(std::vector<double>& matrix, int dimension) {
  constexpr int kBand = 96;
  const std::ptrdiff_t width = dimension;
  std::vector<double> left;
  for (int top = 0; top < dimension; top += kBand) {
    const int rows = std::min(kBand, dimension - top);
    double* band = matrix.data() + top * width + top;
    if (top > 0) {
      const double* above = matrix.data() + top;
      // Transposed: its columns lie a power of two apart, often, where caches do worst.
      left.resize(static_cast<std::size_t>(rows) * top);
      for (int k = 0; k < top; ++k) {
        for (int i = 0; i < rows; ++i)
          left[static_cast<std::size_t>(i) * top + k] = above[k * width + i];
      }
      MultiplyAdd(-1.0, rows, {left.data(), top, 1},
                  Panels(top, dimension - top, {above, width, 1}), band, width);
    }
    for (int i = 0; i < rows; ++i) {
      double* row = band + i * width;
      for (int k = 0; k < i; ++k) {
        const double* other = band + k * width;
        const double factor = other[i];
        for (int j = i; j < dimension - top; ++j) row[j] -= factor * other[j];
      }
      if (!(row[i] > 0)) return false;
      const double scale = 1 / std::sqrt(row[i]);
      for (int j = i; j < dimension - top; ++j) row[j] *= scale;
    }
  }
  return true;
}

}  // namespace verger
