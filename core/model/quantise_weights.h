// quantise_weights.h: a convolution's weights as whole numbers of few bits.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace verger {

// Weights of `outputs` channels, each of `inputs` channels times `taps` places of the kernel.
struct KernelShape {
  std::size_t outputs = 0;
  std::size_t inputs = 0;
  std::size_t taps = 0;
};

struct QuantisedWeights {
  std::vector<float> scales;  // a number for each output channel
  std::vector<float> values;  // whole numbers times the channel's scale
  std::vector<double> moved;  // (outputs, inputs): sum over the taps of original minus value
};

// Steps of its scale to a channel's largest weight: of 7 bits, and of 8. Rounding may take a weight
// of 7 bits one further: 255 * 64 * 2 still fits in 16 bits.
inline constexpr int kStepsOf7Bits = 63;
inline constexpr int kStepsOf8Bits = 127;

// Rounds each weight to a multiple of its channel's scale, up or down so that the channel's sum is
// off by at most half a step: then a constant input gives what it gave before.
//
// Requires: weights.size() is the product of `shape`, and all are finite.
QuantisedWeights QuantiseWeights(std::span<const float> weights, const KernelShape& shape,
                                 int steps);

}  // namespace verger
