// jpeg_scan_data.h: the data of a scan without stuffing, a window at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/image/jpeg_bits.h"

namespace verger {

// Feeds JpegBits with what lies between two markers: one interval between restarts after the other.
class JpegScanData {
 public:
  // `photo` is borrowed; the scan's data begins at `at`.
  JpegScanData(Bytes photo, std::size_t at);

  // The bits from the beginning on. To be called once.
  JpegBits Begin() { return {window_.data(), 0, 0}; }

  // Lets `bits` hold the next kUnitBytes, or all there are and zeros. Returns false if more were
  // read than there are.
  bool Fill(JpegBits& bits) {
    return end_ - bits.next >= static_cast<std::ptrdiff_t>(kUnitBytes) || FillWindow(bits);
  }

  // Whether the bits end here: no whole byte is left.
  bool AtEnd(const JpegBits& bits) const;

  // Moves on to the next interval. Returns false if the present one is not at its end, or another
  // marker follows than that of restart `number`.
  bool Restart(JpegBits& bits, unsigned number);

  // Where the marker behind the data is. Requires: AtEnd() in the last interval.
  std::size_t at() const { return at_; }

  // No unit takes more: 10 blocks of 64 codes of 16 bits, with numbers of at most 11, are 2,160.
  static constexpr std::size_t kUnitBytes = 2304;

 private:
  bool FillWindow(JpegBits& bits);

  Bytes photo_;
  std::size_t at_;          // where the window's bytes go on
  bool at_marker_ = false;  // which is no data
  std::vector<std::uint8_t> window_;
  const std::uint8_t* end_;  // of the bytes in the window
};

}  // namespace verger
