// jpeg_block_scan.h: one scan of a JPEG, from block to block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/image/jpeg_bits.h"
#include "core/image/jpeg_coefficients.h"
#include "core/image/jpeg_lookup.h"
#include "core/image/jpeg_scan_data.h"

namespace verger {

// A component of a scan.
struct JpegScanComponent {
  std::size_t index = 0;   // in the frame
  std::size_t across = 1;  // its blocks in a unit of the scan
  std::size_t down = 1;
  const JpegLookup* dc = nullptr;
  const JpegLookup* ac = nullptr;
  JpegCoefficients* coefficients = nullptr;
  std::uint64_t* nonzero = nullptr;  // a block's coefficients so far, bit k for the k-th
  int light = 0;                     // DC of its last block
};

struct JpegScan {
  std::vector<JpegScanComponent> components;
  std::size_t columns = 0;  // of units
  std::size_t rows = 0;
  unsigned restart_interval = 0;  // in units; 0: none
  unsigned first = 0;             // coefficient
  unsigned last = 63;
  unsigned bit_before = 0;  // the lowest that earlier scans gave; 0: none did
  unsigned bit = 0;         // the lowest that this one gives
  unsigned ends = 0;        // blocks to come of which all coefficients are 0
  // Called behind each row of units; if set, coefficients have room for one such row.
  std::function<void(std::size_t row)> end_row;
};

// Calls read(bits, component, i) for block i of its component, in the order of the scan. Returns
// whether all calls returned true and the data ends with the last block.
template <class Read>
bool ForEachBlock(JpegScan& scan, JpegScanData& data, Read read) {
  JpegBits bits = data.Begin();
  unsigned restarts = 0;
  unsigned units = 0;
  for (std::size_t row = 0; row < scan.rows; ++row) {
    for (std::size_t column = 0; column < scan.columns; ++column, ++units) {
      if (units == scan.restart_interval && units > 0) {
        if (scan.ends > 0 || !data.Restart(bits, restarts++)) return false;
        for (JpegScanComponent& component : scan.components) component.light = 0;
        units = 0;
      }
      if (!data.Fill(bits)) return false;
      for (JpegScanComponent& component : scan.components) {
        const std::size_t stride = component.coefficients->stride;
        const std::size_t first = scan.end_row ? 0 : row * component.down;
        for (std::size_t y = 0; y < component.down; ++y) {
          const std::size_t block = (first + y) * stride + column * component.across;
          for (std::size_t x = 0; x < component.across; ++x) {
            if (!read(bits, component, block + x)) return false;
          }
        }
      }
    }
    if (scan.end_row) scan.end_row(row);
  }
  return scan.ends == 0 && data.AtEnd(bits);
}

// Reads how many blocks end: the present one, and those to come, which it returns.
inline unsigned TakeEnds(JpegBits& bits, const JpegStep& step) {
  bits.Skip(step.code_bits);
  const unsigned ends = (1U << step.number_bits) - 1;
  return step.number_bits > 0 ? ends + bits.Take(step.number_bits) : ends;
}

// Passes over what follows coefficient `k` of a block. `ends`: output, as TakeEnds(). `nonzero`:
// gets a bit for each coefficient that is not 0, or is null.
//
// Symbols are taken several at once, all but for the last ones of a full block: that has no end of
// its own, so that what is looked up may reach beyond it.
inline bool PassOver(JpegBits& bits, const JpegLookup& ac, unsigned k, unsigned& ends,
                     std::uint64_t* nonzero = nullptr) {
  static_assert(2 * JpegLookup::kMostSkip <= 56);
  constexpr unsigned kLast = 63;
  while (k < kLast) {
    bits.Refill();
    for (int i = 0; i < 2; ++i) {
      const JpegSkip skip = ac.Skip(bits.word);
      const unsigned next = k + skip.advance;
      const bool at_end =
          next == kLast || (JpegStep::kEnd <= next && next < JpegStep::kEnd + kLast);
      if (next >= kLast && !at_end) {
        bits.Refill();
        const JpegStep step = ac.Step(bits.word);
        if (step.bits == 0) return false;
        if (step.advance == JpegStep::kEnd) {
          ends = TakeEnds(bits, step);
          return true;
        }
        bits.Skip(step.bits);
        k += step.advance;
        if (nonzero != nullptr && step.number_bits > 0 && k <= kLast) {
          *nonzero |= std::uint64_t{1} << k;
        }
        break;
      }
      if (nonzero != nullptr) *nonzero |= ac.Places(bits.word) << (k + 1);
      bits.Skip(skip.bits);
      if (at_end) return true;
      k = next;
    }
  }
  return k == kLast;
}

// Both return whether the scan is whole, and nothing is behind it.
bool ReadSequential(JpegScan& scan, JpegScanData& data);
bool ReadProgressive(JpegScan& scan, JpegScanData& data);

}  // namespace verger
