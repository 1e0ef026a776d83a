// upright.h: turn an image as its EXIF orientation asks.
#pragma once

#include <cstdint>
#include <span>

#include "core/image/image.h"

namespace verger {

// Returns `image` turned and mirrored so that the scene is upright.
//
// Requires: 1 <= orientation <= 8. 1 changes nothing and costs nothing; 5 to 8 swap the sides.
// Cost:     one more image of memory while turning.
Image Upright(Image image, int orientation);

// Writes `image`, turned and mirrored like that, to `out`, which is elsewhere.
//
// Requires: 1 <= orientation <= 8; out.size() == ByteCount(image.size).
void TurnInto(ImageView image, int orientation, std::span<std::uint8_t> out);

}  // namespace verger
