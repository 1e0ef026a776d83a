// jpeg_scan.h: where the rows of a JPEG end among bytes that may be astray.
#pragma once

#include "core/base/bytes.h"

namespace verger {

// Whether what lies behind the last row of a photo of one Huffman-coded scan is no part of it.
//
// Stray bytes among the rows push the last ones out, and libjpeg leaves those over. They show: such
// data goes on in whole units to its end, and rows before the last rarely end where a byte does.
// Of photos of other kinds (progressive, several scans, restart markers) it is not known: false.
//
// Requires: libjpeg has decoded the photo.
// Cost: one pass over the bits, some 10 ns each: for photos that libjpeg warned of, not for all.
// Source: ITU-T T.81, F.2.2.
bool IsWholeBeforeStrayBytes(Bytes jpeg);

}  // namespace verger
