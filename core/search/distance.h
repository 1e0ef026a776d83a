// distance.h: how far two feature vectors lie apart, in double.
#pragma once

#include <cstddef>
#include <span>

namespace verger {

enum class Metric {
  kCosine,     // 1 - the cosine of the angle between them: 0 to 2
  kEuclidean,  // the length of their difference
};

// The sum of squares.
double SquaresOf(std::span<const float> vector);

// The distance of `row`, as long as `query`, from `query`, whose SquaresOf are `squares`. Never
// negative; of equal vectors 0. By cosine, a vector of zeros lies 1 from all vectors, itself too.
//
// The cosine is the same to the last bit on every processor: products of two floats are exact in
// double, and 16 sums are kept whatever the width of its vectors.
double Distance(Metric metric, std::span<const float> query, double squares, const float* row);

}  // namespace verger
