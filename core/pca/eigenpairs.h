// eigenpairs.h: the largest eigenvalues of a symmetric matrix, and their vectors.
#pragma once

#include <span>
#include <vector>

namespace verger {

// The leading `count` eigenpairs, or as many as it takes for their values to sum to more than
// `sum`.
struct PairsRequest {
  int count;
  double sum;
};

struct Eigenpairs {
  std::vector<double> values;   // descending, all above rounding errors
  std::vector<double> vectors;  // (values.size(), dimension), row-major, orthonormal
};

// Finds the wanted eigenpairs of a positive semi-definite matrix: fewer than wanted
// if the matrix has no more that rounding cannot explain.
//
// Shape:    the upper triangle (triangle.h) of (dimension, dimension).
// Requires: every entry finite, a positive trace.
// Cost:     Fit's.
Eigenpairs LeadingEigenpairs(std::span<const double> triangle, int dimension, PairsRequest request);

// The same by a full decomposition, whatever is wanted. Cost: 10 dimension^3, and dimension^2
// doubles of memory.
Eigenpairs DenseEigenpairs(std::span<const double> triangle, int dimension, PairsRequest request);

// How many of `values`, descending, are wanted: values.size() + 1 if all do not suffice.
int CountRequested(std::span<const double> values, PairsRequest request);

// What rounding may add to an eigenvalue, given the largest one.
double RoundingError(int dimension, double largest);

}  // namespace verger
