// jpeg_coefficients.h: the low coefficients of a Huffman-coded JPEG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/bytes.h"
#include "core/image/jpeg_frame.h"

namespace verger {

// The first coefficients of each block of a component, in zigzag order, before they are multiplied
// by the steps of quantisation.
//
// Shape: `count` planes of `rows` rows of `stride` blocks. The blocks fill whole units, and each
// row a multiple of kRowBlocks; what is behind them is 0.
struct JpegCoefficients {
  static constexpr std::size_t kRowBlocks = 16;

  std::size_t count = 0;
  std::size_t rows = 0;  // of a sequential photo, those of one row of units
  std::size_t stride = 0;
  std::size_t plane = 0;  // rows * stride: the k-th of block i at k * plane + i
  std::vector<std::int16_t> values;
  std::size_t first_row = 0;  // of the row of units that is ready
};

// Takes the coefficients of all components, once for each row of units, from the first one on.
using UseJpegRow = std::function<void(const std::vector<JpegCoefficients>&)>;

// Reads `count` coefficients of each block. All others are passed over, but not unseen: false for
// any photo of which libjpeg might say anything but that all is well: bits that are no code, values
// that no encoder writes, bytes too few or too many, more than `max_scans` scans, scans that lack
// bits of a coefficient. Also for a sequential photo of several scans. Then what `use` has had is
// worth nothing.
//
// Requires: `frame` is that of `photo`; a count from 1 to 63.
// Cost:   some 5 ns a byte of the photo, of a progressive one 16. Of a progressive photo 2 bytes a
// coefficient and 8 bytes
//         a block; of others, only for a row of units.
// Source: ITU-T T.81, F.2.2 and G.2.
bool ReadCoefficients(Bytes photo, const JpegFrame& frame, std::size_t count, int max_scans,
                      const UseJpegRow& use);

}  // namespace verger
