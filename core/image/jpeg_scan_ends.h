// jpeg_scan_ends.h: where the data of arithmetic-coded scans ends. libjpeg does not report it.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/bytes.h"

namespace verger {

// Returns where the data of each scan of an arithmetic-coded JPEG ends and a marker follows, as far
// as its segments can be followed; of the first `max_scans` scans.
//
// Scans that refine DC are left out: they are bits without a code, and an encoder may drop any
// number of zeros at their end.
//
// Cost: one pass over the bytes, at the speed of memchr.
std::vector<std::size_t> FindScanEnds(Bytes jpeg, int max_scans);

}  // namespace verger
