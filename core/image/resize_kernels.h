// resize_kernels.h: the two passes of a resize, for the processor at hand.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/image/resize_filter.h"

namespace verger {

// Writes `rows` rows of RGB, each made filter.targets() pixels wide.
//
// Shape:    rows lie `in_stride` and `out_stride` bytes apart.
// Requires: kReadAhead bytes may be read behind the end of the last row.
inline constexpr std::size_t kReadAhead = 16;
void ResizeAcross(const std::uint8_t* in, std::size_t in_stride, int rows,
                  const ResizeFilter& filter, std::uint8_t* out, std::size_t out_stride);

// Writes filter.targets() rows of `row_bytes` bytes, packed, from rows packed the same way.
void ResizeDown(const std::uint8_t* in, std::size_t row_bytes, const ResizeFilter& filter,
                std::uint8_t* out);

}  // namespace verger
