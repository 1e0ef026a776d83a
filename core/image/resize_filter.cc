#include "core/image/resize_filter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace verger {
namespace {

// How far the kernel reaches, in source pixels when enlarging.
double Reach(Filter filter) { return filter == Filter::kBicubic ? 2.0 : 1.0; }

double Kernel(Filter filter, double distance) {
  const double x = std::fabs(distance);
  if (filter == Filter::kBilinear) {
    return x < 1.0 ? 1.0 - x : 0.0;
  }
  // Keys's cubic convolution (1981) with a = -0.5.
  constexpr double a = -0.5;
  if (x < 1.0) {
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  }
  return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

std::int32_t ToFixedPoint(double weight) {
  const double scaled = weight * (1 << kWeightBits);
  return static_cast<std::int32_t>(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

}  // namespace

ResizeFilter MakeResizeFilter(int source, int target, Filter filter) {
  const double scale = static_cast<double>(source) / target;
  const double widening = std::max(scale, 1.0);
  const double support = Reach(filter) * widening;
  const double narrowing = 1.0 / widening;

  ResizeFilter result;
  const int longest = static_cast<int>(std::ceil(support)) * 2 + 1;
  result.stride = (std::min(longest, source) + 3) / 4 * 4;
  const std::size_t size = static_cast<std::size_t>(target) * result.stride;
  result.first.resize(target);
  result.count.resize(target);
  result.weights.resize(size + ResizeFilter::kPadding);
  result.high.resize(size + ResizeFilter::kPadding);
  result.low.resize(size + ResizeFilter::kPadding);

  std::vector<double> weights(result.stride);
  for (int i = 0; i < target; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int count = std::min(static_cast<int>(center + support + 0.5), source) - first;
    double sum = 0.0;
    for (int t = 0; t < count; ++t) {
      weights[t] = Kernel(filter, (t + first - center + 0.5) * narrowing);
      sum += weights[t];
    }
    for (int t = 0; t < count; ++t) {
      const std::int32_t weight = ToFixedPoint(sum != 0.0 ? weights[t] / sum : weights[t]);
      const std::size_t at = static_cast<std::size_t>(i) * result.stride + t;
      result.weights[at] = weight;
      result.high[at] = static_cast<std::int16_t>(weight >> kLowBits);
      result.low[at] = static_cast<std::int16_t>(weight & ((1 << kLowBits) - 1));
    }
    result.first[i] = first;
    result.count[i] = count;
  }
  return result;
}

}  // namespace verger
