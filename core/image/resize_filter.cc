#include "core/image/resize_filter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace verger {
namespace {

// How far the kernel reaches, in source pixels when enlarging.
double Reach(Filter filter) {
  switch (filter) {
    case Filter::kNearest:  // has no kernel
    case Filter::kBox:
      return 0.5;
    case Filter::kBilinear:
    case Filter::kHamming:
      return 1.0;
    case Filter::kBicubic:
      return 2.0;
    case Filter::kLanczos:
      return 3.0;
  }
  return 0.0;
}

double Sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= M_PI;
  return std::sin(x) / x;
}

// A sinc in Hamming's window, whose two constants are floats in Pillow.
double Hamming(double x) { return x == 0.0 ? 1.0 : Sinc(x) * (0.54F + 0.46F * std::cos(x * M_PI)); }

// Keys's cubic convolution (1981) with a = -0.5.
double Cubic(double x) {
  constexpr double a = -0.5;
  if (x < 1.0) {
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  }
  return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

double Kernel(Filter filter, double distance) {
  const double x = std::fabs(distance);
  switch (filter) {
    case Filter::kNearest:
      break;            // has no kernel
    case Filter::kBox:  // one of two pixels equally near counts
      return distance > -0.5 && distance <= 0.5 ? 1.0 : 0.0;
    case Filter::kBilinear:
      return x < 1.0 ? 1.0 - x : 0.0;
    case Filter::kHamming:
      return x < 1.0 ? Hamming(x) : 0.0;
    case Filter::kBicubic:
      return Cubic(x);
    case Filter::kLanczos:
      return -3.0 <= distance && distance < 3.0 ? Sinc(distance) * Sinc(distance / 3) : 0.0;
  }
  return 0.0;
}

std::int32_t ToFixedPoint(double weight) {
  const double scaled = weight * (1 << kWeightBits);
  return static_cast<std::int32_t>(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

ResizeFilter Sized(int targets, int longest) {
  ResizeFilter result;
  result.stride = (longest + 3) / 4 * 4;
  const std::size_t size = static_cast<std::size_t>(targets) * result.stride;
  result.first.resize(targets);
  result.count.resize(targets);
  result.weights.resize(size + ResizeFilter::kPadding);
  result.high.resize(size + ResizeFilter::kPadding);
  result.low.resize(size + ResizeFilter::kPadding);
  return result;
}

void SetWeight(ResizeFilter& filter, int i, int t, std::int32_t weight) {
  const std::size_t at = static_cast<std::size_t>(i) * filter.stride + t;
  filter.weights[at] = weight;
  filter.high[at] = static_cast<std::int16_t>(weight >> kLowBits);
  filter.low[at] = static_cast<std::int16_t>(weight & ((1 << kLowBits) - 1));
}

// One source pixel a target pixel. Pillow steps from pixel to pixel, and so its roundings add up.
ResizeFilter Nearest(int source, double scale, int begin, int end) {
  ResizeFilter result = Sized(end - begin, 1);
  double at = scale * 0.5;
  for (int i = 0; i < end; ++i, at += scale) {
    if (i < begin) continue;
    result.first[i - begin] = std::min(static_cast<int>(at), source - 1);
    result.count[i - begin] = 1;
    SetWeight(result, i - begin, 0, 1 << kWeightBits);
  }
  return result;
}

}  // namespace

ResizeFilter MakeResizeFilter(int source, int target, int begin, int end, Filter filter) {
  const double scale = static_cast<double>(source) / target;
  if (filter == Filter::kNearest) return Nearest(source, scale, begin, end);
  const double widening = std::max(scale, 1.0);
  const double support = Reach(filter) * widening;
  const double narrowing = 1.0 / widening;

  const int longest = static_cast<int>(std::ceil(support)) * 2 + 1;
  ResizeFilter result = Sized(end - begin, std::min(longest, source));
  std::vector<double> weights(result.stride);
  for (int i = 0; i < end - begin; ++i) {
    const double center = (begin + i + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int count = std::min(static_cast<int>(center + support + 0.5), source) - first;
    double sum = 0.0;
    for (int t = 0; t < count; ++t) {
      weights[t] = Kernel(filter, (t + first - center + 0.5) * narrowing);
      sum += weights[t];
    }
    for (int t = 0; t < count; ++t) {
      SetWeight(result, i, t, ToFixedPoint(sum != 0.0 ? weights[t] / sum : weights[t]));
    }
    result.first[i] = first;
    result.count[i] = count;
  }
  return result;
}

}  // namespace verger
