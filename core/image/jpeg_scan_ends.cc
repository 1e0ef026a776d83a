#include "core/image/jpeg_scan_ends.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace verger {
namespace {

constexpr unsigned kMarkerByte = 0xFF;
constexpr unsigned kTemporary = 0x01;  // TEM, of arithmetic coding: no length follows
constexpr unsigned kArithmeticProgressive = 0xCA;
constexpr unsigned kFirstRestart = 0xD0;
constexpr unsigned kStartOfImage = 0xD8;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kStartOfScan = 0xDA;

struct Marker {
  std::size_t begin;
  unsigned code;
};

// Returns the next marker and moves `at` behind it. A zero after 0xFF is data.
std::optional<Marker> NextMarker(Bytes jpeg, std::size_t& at) {
  while (at < jpeg.size()) {
    const void* match = std::memchr(jpeg.data() + at, kMarkerByte, jpeg.size() - at);
    if (match == nullptr) {
      break;
    }
    at = static_cast<std::size_t>(static_cast<const std::byte*>(match) - jpeg.data());
    const std::size_t begin = at;
    while (at < jpeg.size() && jpeg[at] == std::byte{kMarkerByte}) {
      ++at;
    }
    if (at < jpeg.size() && jpeg[at] != std::byte{0}) {
      return Marker{begin, std::to_integer<unsigned>(jpeg[at++])};
    }
  }
  return std::nullopt;
}

unsigned BigEndian16(Bytes bytes) {
  return std::to_integer<unsigned>(bytes[0]) << 8 | std::to_integer<unsigned>(bytes[1]);
}

// A scan's header ends with the first and last coefficient, and which bits of them it adds. Only
// progressive photos use that.
bool RefinesDc(Bytes header) {
  return header.size() >= 3 && header[header.size() - 3] == std::byte{0} &&
         (header.back() >> 4) != std::byte{0};
}

}  // namespace

std::vector<std::size_t> FindScanEnds(Bytes jpeg, int max_scans) {
  std::vector<std::size_t> ends;
  std::size_t at = 0;
  int scans = 0;
  bool in_scan = false;  // in the data of one whose end counts
  bool progressive = false;
  while (scans <= max_scans) {
    const std::optional<Marker> marker = NextMarker(jpeg, at);
    if (!marker) {
      break;
    }
    const unsigned code = marker->code;
    if (kFirstRestart <= code && code < kStartOfImage) {
      continue;
    }
    if (in_scan) {
      ends.push_back(marker->begin);
      in_scan = false;
    }
    if (code == kEndOfImage) {
      break;
    }
    if (code == kTemporary || code == kStartOfImage) {
      continue;
    }
    if (jpeg.size() - at < 2) {
      break;
    }
    // libjpeg takes a length that does not count itself for a segment without content.
    const std::size_t length = std::max(2U, BigEndian16(jpeg.subspan(at)));
    if (jpeg.size() - at < length) {
      break;
    }
    if (code == kStartOfScan) {
      ++scans;
      in_scan = !(progressive && RefinesDc(jpeg.subspan(at + 2, length - 2)));
    }
    progressive |= code == kArithmeticProgressive;
    at += length;
  }
  return ends;
}

}  // namespace verger
