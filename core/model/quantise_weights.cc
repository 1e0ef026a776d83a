#include "core/model/quantise_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace verger {
namespace {

constexpr double kLargest = 127;  // that fits in 8 bits

// A channel of smaller weights is one of zeros: its scale would be 0, or a denormal number, which
// processors may take for 0.
constexpr double kLeastWeight = kLargest * std::numeric_limits<float>::min();

// Whole numbers near `exact`, whose sum is the nearest to that of `exact`.
std::vector<double> RoundKeepingSum(std::span<const double> exact) {
  std::vector<double> rounded(exact.size());
  double missing = 0;
  for (std::size_t at = 0; at < exact.size(); ++at) {
    rounded[at] = std::nearbyint(exact[at]);
    missing += exact[at] - rounded[at];
  }
  const auto count =
      std::min(exact.size(), static_cast<std::size_t>(std::abs(std::nearbyint(missing))));
  if (count == 0) return rounded;
  const double step = missing > 0 ? 1 : -1;
  // Those that lose least by it: nearest to the middle between two whole numbers.
  std::vector<std::size_t> order(exact.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return step * (exact[a] - rounded[a]) > step * (exact[b] - rounded[b]);
  });
  for (std::size_t at = 0; at < count; ++at) rounded[order[at]] += step;
  return rounded;
}

}  // namespace

QuantisedWeights QuantiseWeights(std::span<const float> weights, const KernelShape& shape,
                                 int steps) {
  const std::size_t length = shape.inputs * shape.taps;
  QuantisedWeights quantised;
  quantised.scales.resize(shape.outputs);
  quantised.values.resize(weights.size());
  quantised.moved.resize(shape.outputs * shape.inputs);
  std::vector<double> exact(length);
  for (std::size_t output = 0; output < shape.outputs; ++output) {
    const std::span<const float> channel = weights.subspan(output * length, length);
    double largest = 0;
    for (const float weight : channel) largest = std::max<double>(largest, std::abs(weight));
    const auto scale = static_cast<float>(largest >= kLeastWeight ? largest / steps : 1);
    quantised.scales[output] = scale;
    for (std::size_t at = 0; at < length; ++at) exact[at] = channel[at] / scale;
    const std::vector<double> rounded = RoundKeepingSum(exact);
    for (std::size_t at = 0; at < length; ++at) {
      const float value = static_cast<float>(std::clamp(rounded[at], -kLargest, kLargest)) * scale;
      quantised.values[output * length + at] = value;
      quantised.moved[output * shape.inputs + at / shape.taps] +=
          static_cast<double>(channel[at]) - static_cast<double>(value);
    }
  }
  return quantised;
}

}  // namespace verger
