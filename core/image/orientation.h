// orientation.h: which way up a photo was taken, from its metadata.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/bytes.h"

namespace verger {

// The orientation tag of the first directory of an EXIF block, whatever its value, or nothing.
// `exif` is a TIFF header and what follows, with or without a leading "Exif\0\0".
// Broken EXIF has no tag: it never loses a good photo.
std::optional<int> ExifOrientation(Bytes exif);

// The orientation 1 to 8 that a photo asks for; 1 when it says nothing or nonsense.
// EXIF goes before XMP, which is asked only if EXIF has no such tag.
//
// Source: Pillow's ImageOps.exif_transpose.
int Orientation(Bytes exif, std::string_view xmp);

}  // namespace verger
