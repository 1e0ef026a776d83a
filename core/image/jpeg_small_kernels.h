// jpeg_small_kernels.h: from low coefficients to fewer pixels, for the processor at hand.
#pragma once

#include <cstddef>
#include <cstdint>

namespace verger {

// How many coefficients of a block have fewer than `order` half-waves in both directions together.
// They are the first ones in zigzag order.
constexpr std::size_t LowCoefficients(int order) {
  return static_cast<std::size_t>(order * (order + 1) / 2);
}

// A row of blocks, each to be `width` x `height` pixels.
struct JpegBlockRow {
  const std::int16_t* coefficients = nullptr;  // the k-th of block x at k * plane + x
  std::size_t plane = 0;
  std::size_t blocks = 0;                // a multiple of 16
  const std::uint16_t* steps = nullptr;  // of quantisation: 8 rows of 8
  int order = 0;                         // 1, 2 or 4: there are LowCoefficients(order)
  int width = 0;                         // 1, 2, 4 or 8, and at least `order`
  int height = 0;
};

// Writes the pixels of a row of blocks: the inverse DCT of `width` x `height` points of its low
// coefficients, brought to the scale of the pixels that they are a smaller image of.
//
// Shape: `height` rows of blocks * width bytes, `out_stride` apart.
// Cost:  for 2 x 2, less than 1 ns a block.
void SmallPixels(const JpegBlockRow& row, std::uint8_t* out, std::size_t out_stride);

// Turns `pixels` of YCbCr into RGB, with libjpeg's arithmetic.
//
// Shape: planes and `rgb` have room for kColourPixels more than `pixels`.
inline constexpr std::size_t kColourPixels = 64;
void YccToRgb(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr,
              std::size_t pixels, std::uint8_t* rgb);

}  // namespace verger
