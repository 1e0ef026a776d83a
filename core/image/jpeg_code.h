// jpeg_code.h: the Huffman codes of a JPEG.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/bytes.h"

namespace verger {

struct JpegCode {
  std::array<int, 16> counts{};  // of codes of 1, 2 ... bits
  std::array<std::uint8_t, 256> symbols{};

  // The next symbol of the bits that `next` returns, one a call; nullopt if they are no code.
  template <class NextBit>
  std::optional<unsigned> Read(NextBit next) const {
    int code = 0;
    int first = 0;
    int index = 0;
    for (const int count : counts) {
      code = code << 1 | static_cast<int>(next());
      const auto at = static_cast<std::size_t>(index + code - first);
      if (code - first < count && at < symbols.size()) return symbols[at];
      index += count;
      first = (first + count) << 1;
    }
    return std::nullopt;
  }
};

// By their numbers: four of DC, then four of AC.
using JpegCodes = std::array<JpegCode, 8>;

// Puts the codes of a segment (DHT) in their places. Returns whether it is one from end to end.
bool ReadCodes(Bytes segment, JpegCodes& codes);

}  // namespace verger
