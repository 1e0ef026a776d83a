// resize_scalar.h: the passes of a resize without vectors; what all other kernels must equal.
//
// Included, not linked: processors without vectors run it, and tests compare with it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/image/resize_filter.h"

namespace verger {

// Target byte `i` of a filter whose taps lie `step` bytes apart, the first at `in`.
inline std::uint8_t FilterByte(const std::uint8_t* in, std::size_t step, const ResizeFilter& filter,
                               int i) {
  const std::int32_t* weights = &filter.weights[static_cast<std::size_t>(i) * filter.stride];
  std::int32_t sum = 1 << (kWeightBits - 1);
  for (int t = 0; t < filter.count[i]; ++t) {
    sum += in[t * step] * weights[t];
  }
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

inline void ScalarResizeAcross(const std::uint8_t* in, std::size_t in_stride, int rows,
                               const ResizeFilter& filter, std::uint8_t* out,
                               std::size_t out_stride) {
  for (int y = 0; y < rows; ++y) {
    for (int i = 0; i < filter.targets(); ++i) {
      for (int c = 0; c < 3; ++c) {
        out[y * out_stride + 3 * std::size_t(i) + c] =
            FilterByte(in + y * in_stride + 3 * std::size_t(filter.first[i]) + c, 3, filter, i);
      }
    }
  }
}

inline void ScalarResizeDown(const std::uint8_t* in, std::size_t row_bytes,
                             const ResizeFilter& filter, std::uint8_t* out) {
  for (int i = 0; i < filter.targets(); ++i) {
    for (std::size_t x = 0; x < row_bytes; ++x) {
      out[i * row_bytes + x] =
          FilterByte(in + filter.first[i] * row_bytes + x, row_bytes, filter, i);
    }
  }
}

}  // namespace verger
