#include "core/image/jpeg_scan_data.h"

#include <algorithm>
#include <cstring>

namespace verger {
namespace {

// In the processor's nearest memories.
constexpr std::size_t kWindowBytes = std::size_t{1} << 15;

constexpr unsigned kMarkerByte = 0xFF;
constexpr unsigned kFirstRestart = 0xD0;

}  // namespace

JpegScanData::JpegScanData(Bytes photo, std::size_t at)
    : photo_(photo), at_(at), window_(kWindowBytes + kUnitBytes), end_(window_.data()) {}

bool JpegScanData::FillWindow(JpegBits& bits) {
  // Reading ahead may go 8 bytes beyond what is there.
  if (at_marker_) return bits.next <= end_ + sizeof(bits.word);
  // What the word has of bytes that were not there yet is not right.
  if (bits.left == 0) {
    bits.word = 0;
  } else {
    bits.word &= ~std::uint64_t{0} << (64 - bits.left);
  }
  std::uint8_t* const begin = window_.data();
  std::uint8_t* to = std::copy(bits.next, end_, begin);
  bits.next = begin;
  std::uint8_t* const full = begin + kWindowBytes;
  while (to < full) {
    const std::size_t most = std::min<std::size_t>(full - to, photo_.size() - at_);
    const void* match = most == 0 ? nullptr : std::memchr(photo_.data() + at_, kMarkerByte, most);
    const std::size_t plain = match == nullptr
                                  ? most
                                  : static_cast<std::size_t>(static_cast<const std::byte*>(match) -
                                                             (photo_.data() + at_));
    std::memcpy(to, photo_.data() + at_, plain);
    to += plain;
    at_ += plain;
    if (match == nullptr && at_ < photo_.size()) continue;
    if (at_ + 1 >= photo_.size() || photo_[at_ + 1] != std::byte{0}) {
      at_marker_ = true;
      break;
    }
    *to++ = kMarkerByte;
    at_ += 2;
  }
  end_ = to;
  std::fill_n(to, kUnitBytes, std::uint8_t{0});
  return true;
}

bool JpegScanData::AtEnd(const JpegBits& bits) const {
  const std::ptrdiff_t left = (end_ - bits.next) * 8 + bits.left;
  return at_marker_ && 0 <= left && left < 8;
}

bool JpegScanData::Restart(JpegBits& bits, unsigned number) {
  if (!AtEnd(bits) || photo_.size() - at_ < 2 ||
      std::to_integer<unsigned>(photo_[at_ + 1]) != kFirstRestart + number % 8) {
    return false;
  }
  at_ += 2;
  at_marker_ = false;
  end_ = window_.data();
  bits = Begin();
  return true;
}

}  // namespace verger
