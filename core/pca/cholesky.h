// cholesky.h: symmetric positive definite matrices, factored and solved.
#pragma once

#include <span>
#include <vector>

namespace verger {

// Overwrites a matrix by U, where U^T U is the matrix. False if it is not positive definite; what
// stands in `triangle` is then of no use.
//
// Shape: the upper triangle (triangle.h) of (dimension, dimension).
// Cost:  dimension^3 / 6 multiply-adds.
bool FactorCholesky(std::span<double> triangle, int dimension);

// Overwrites each row b of `rows` by the x with U^T U x = b.
//
// Shape: triangle as FactorCholesky left it; rows (count, dimension), row-major.
// Cost:  count * dimension^2 multiply-adds, fastest for many rows at a time.
void SolveCholesky(std::span<const double> triangle, int dimension, std::span<double> rows);

}  // namespace verger
