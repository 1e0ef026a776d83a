// definite.h: is a symmetric matrix positive definite?
#pragma once

#include <vector>

namespace verger {

// Shape: the upper triangle (triangle.h) of (dimension, dimension). Overwritten.
// Cost:  dimension^3 / 6 multiply-adds.
bool IsPositiveDefinite(std::vector<double>& triangle, int dimension);

}  // namespace verger
