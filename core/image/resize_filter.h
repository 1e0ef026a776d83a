// resize_filter.h: how much each source pixel counts in each target pixel, along one axis.
#pragma once

#include <cstdint>
#include <vector>

#include "core/image/resize.h"

namespace verger {

// Bits behind the binary point of a weight. Leaves 8 for the pixel and 2 for the sum of
// weights, which bicubic takes beyond 1 before it comes back.
inline constexpr int kWeightBits = 32 - 8 - 2;

// A weight is high * 2^kLowBits + low: each half fits the 16 bits that vector units multiply
// and add in pairs, which is twice as fast as multiplying 32 bits, and just as exact.
inline constexpr int kLowBits = 11;

// Target pixel i is the sum of the source pixels from first[i], count[i] of them, each times
// weights[i * stride + t].
//
// Shape: weights, high and low have i * stride + t below targets * stride, then kPadding more
//        that may be read; weights at t >= count[i] are 0. stride is a multiple of 4.
struct ResizeFilter {
  static constexpr int kPadding = 8;

  int stride = 0;
  std::vector<int> first;
  std::vector<int> count;
  std::vector<std::int32_t> weights;
  std::vector<std::int16_t> high;
  std::vector<std::int16_t> low;

  int targets() const { return static_cast<int>(first.size()); }
};

// The filter of target pixels `begin` to `end` of an axis scaled from `source` to `target` pixels.
//
// Requires: source > 0, 0 <= begin < end <= target.
// Source:   Pillow's resampling: the same operations on doubles, in the same order.
ResizeFilter MakeResizeFilter(int source, int target, int begin, int end, Filter filter);

}  // namespace verger
