// jpeg_bits.h: bits of a JPEG's scan, many at a time.
#pragma once

#include <cstdint>
#include <cstring>

namespace verger {

// Bits of bytes without stuffing, from the highest of each byte on.
//
// Requires: 8 bytes may be read from `next` on, whatever they hold.
struct JpegBits {
  const std::uint8_t* next = nullptr;  // the first byte that `word` lacks, or has in part
  std::uint64_t word = 0;              // the bits ahead, from the highest on
  unsigned left = 0;                   // how many of them count; those below are right or 0

  // Lets at least 56 bits count.
  // Source: F. Giesen, "Reading bits in far too many ways", variant 4.
  void Refill() {
    std::uint64_t bytes;
    std::memcpy(&bytes, next, sizeof(bytes));
    word |= __builtin_bswap64(bytes) >> left;
    next += (63 - left) >> 3;
    left |= 56;
  }

  // Requires: at most `left`, and below 64.
  void Skip(unsigned bits) {
    word <<= bits & 63;
    left -= bits;
  }

  // Requires: from 1 to `left`.
  unsigned Take(unsigned bits) {
    const auto number = static_cast<unsigned>(word >> (64 - bits));
    Skip(bits);
    return number;
  }
};

}  // namespace verger
