#include "core/image/jpeg_markers.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace verger {
namespace {

constexpr unsigned kMarkerByte = 0xFF;
constexpr unsigned kTemporary = 0x01;  // TEM, of arithmetic coding: no length follows
constexpr unsigned kArithmeticSequential = 0xC9;
constexpr unsigned kArithmeticProgressive = 0xCA;
constexpr unsigned kFirstRestart = 0xD0;
constexpr unsigned kStartOfImage = 0xD8;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kStartOfScan = 0xDA;
constexpr unsigned kApp1 = 0xE1;

struct Marker {
  std::size_t begin;
  unsigned code;
};

// Returns the next marker and moves `at` behind it. A zero after 0xFF is data.
std::optional<Marker> NextMarker(Bytes jpeg, std::size_t& at) {
  while (at < jpeg.size()) {
    const void* found = std::memchr(jpeg.data() + at, kMarkerByte, jpeg.size() - at);
    if (found == nullptr) {
      break;
    }
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - jpeg.data());
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

// A frame's header: bits a sample, height, width, ...
void TakeArithmeticFrame(Bytes header, JpegMarkers& markers) {
  markers.arithmetic = true;
  if (header.size() >= 5) {
    markers.pixels = std::int64_t{BigEndian16(header.subspan(1))} * BigEndian16(header.subspan(3));
  }
}

// A scan's header ends with the first and last coefficient, and which bits of them it adds. Only
// progressive photos use that.
bool RefinesDc(Bytes header) {
  return header.size() >= 3 && header[header.size() - 3] == std::byte{0} &&
         header.back() >> 4 != std::byte{0};
}

void TakeApp1(Bytes segment, JpegMarkers& markers) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  constexpr std::string_view kXmp("http://ns.adobe.com/xap/1.0/\0", 29);
  const std::string_view text(reinterpret_cast<const char*>(segment.data()), segment.size());
  if (text.starts_with(kExif)) {
    const Bytes rest = segment.subspan(kExif.size());
    markers.exif.insert(markers.exif.end(), rest.begin(), rest.end());
  } else if (text.starts_with(kXmp)) {
    markers.xmp = text.substr(kXmp.size());
  }
}

}  // namespace

JpegMarkers ReadJpegMarkers(Bytes jpeg, int max_scans) {
  JpegMarkers markers;
  std::size_t at = 0;
  bool in_scan = false;  // in the data of one whose end is to be noted
  bool progressive = false;
  while (markers.scans <= max_scans) {
    const std::optional<Marker> marker = NextMarker(jpeg, at);
    if (!marker) {
      break;
    }
    const unsigned code = marker->code;
    if (kFirstRestart <= code && code < kStartOfImage) {
      continue;
    }
    if (in_scan) {
      markers.scan_ends.push_back(marker->begin);
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
    const Bytes segment = jpeg.subspan(at + 2, length - 2);
    if (code == kStartOfScan) {
      ++markers.scans;
      in_scan = markers.arithmetic && !(progressive && RefinesDc(segment));
    } else if (code == kArithmeticSequential || code == kArithmeticProgressive) {
      TakeArithmeticFrame(segment, markers);
      progressive = code == kArithmeticProgressive;
    } else if (code == kApp1 && markers.scans == 0) {
      TakeApp1(segment, markers);
    }
    at += length;
  }
  return markers;
}

}  // namespace verger
