#include "core/image/jpeg_markers.h"

#include <cstring>
#include <optional>

namespace verger {
namespace {

constexpr unsigned kMarkerByte = 0xFF;
constexpr unsigned kTemporary = 0x01;  // TEM, of arithmetic coding: no length follows
constexpr unsigned kFirstRestart = 0xD0;
constexpr unsigned kStartOfImage = 0xD8;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kStartOfScan = 0xDA;
constexpr unsigned kApp1 = 0xE1;

// Returns the code of the next marker and moves `at` behind it. A zero after 0xFF is data.
std::optional<unsigned> NextMarker(Bytes jpeg, std::size_t& at) {
  while (at < jpeg.size()) {
    const void* found = std::memchr(jpeg.data() + at, kMarkerByte, jpeg.size() - at);
    if (found == nullptr) {
      break;
    }
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - jpeg.data());
    while (at < jpeg.size() && jpeg[at] == std::byte{kMarkerByte}) {
      ++at;
    }
    if (at < jpeg.size() && jpeg[at] != std::byte{0}) {
      return std::to_integer<unsigned>(jpeg[at++]);
    }
  }
  return std::nullopt;
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
  while (markers.scans <= max_scans) {
    const std::optional<unsigned> marker = NextMarker(jpeg, at);
    if (!marker || *marker == kEndOfImage) {
      break;
    }
    if (*marker == kTemporary || (kFirstRestart <= *marker && *marker <= kStartOfImage)) {
      continue;
    }
    if (jpeg.size() - at < 2) {
      break;
    }
    const std::size_t length =
        std::to_integer<std::size_t>(jpeg[at]) << 8 | std::to_integer<std::size_t>(jpeg[at + 1]);
    if (length < 2 || jpeg.size() - at < length) {
      break;
    }
    if (*marker == kStartOfScan) {
      ++markers.scans;
    } else if (*marker == kApp1 && markers.scans == 0) {
      TakeApp1(jpeg.subspan(at + 2, length - 2), markers);
    }
    at += length;
  }
  return markers;
}

}  // namespace verger
