// definite.h: is a symmetric matrix positive definite?
#pragma once

#include <vector>

namespace verger {

// Shape: (dimension, dimension), row-major; only the upper triangle is read. Overwritten.
// Cost:  dimension^3 / 6 multiply-adds.
bool IsPositiveDefinite(std::vector<double>& matrix, int dimension);

}  // namespace verger
