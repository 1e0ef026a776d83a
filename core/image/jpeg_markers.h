// jpeg_markers.h: what the markers of a JPEG tell without decoding it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"

namespace verger {

struct JpegMarkers {
  int scans = 0;                // in the whole file
  std::vector<std::byte> exif;  // of all APP1 segments before the first scan, joined
  std::string_view xmp;         // of the last such segment; points into the photo
  bool arithmetic = false;      // coded so, not by Huffman's tables
  std::int64_t pixels = 0;      // of an arithmetic-coded photo, as its header says
  // Where the data of arithmetic-coded scans ends and a marker follows. Scans that refine DC are
  // left out: they are bits as they are, and any number of the last may be 0 and not written.
  std::vector<std::size_t> scan_ends;
};

// Walks over the segments of `jpeg`, as far as they can be followed.
//
// It finds each scan that libjpeg would: both pass over bytes astray between segments up to the
// next marker, and where libjpeg passes over a marker inside a scan, it warns, which is an error.
//
// Cost: one pass over the bytes, at the speed of memchr; stops once it has counted `max_scans` + 1.
JpegMarkers ReadJpegMarkers(Bytes jpeg, int max_scans);

}  // namespace verger
