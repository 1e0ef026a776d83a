// jpeg_coefficients.h: the low coefficients of a Huffman-coded JPEG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
  std::size_t rows = 0;
  std::size_t stride = 0;
  std::vector<std::int16_t> values;

  std::size_t plane() const { return rows * stride; }
};

// Reads `count` coefficients of each block. All others are passed over, but not
// unseen: nullopt for any photo of which libjpeg might say anything, even that all is well: bits
// that are no code, values that no encoder writes, bytes too few or too many, more than `max_scans`
// scans, scans that lack bits of a coefficient. Also for a sequential photo of several scans.
//
// Requires: `frame` is that of `photo`; a count from 1 to 63.
// Cost:   some 4 ns a byte of the photo; 2 bytes a coefficient, and of a progressive photo
//         8 bytes a block.
// Source: ITU-T T.81, F.2.2 and G.2.
std::optional<std::vector<JpegCoefficients>> ReadCoefficients(Bytes photo, const JpegFrame& frame,
                                                              std::size_t count, int max_scans);

}  // namespace verger
