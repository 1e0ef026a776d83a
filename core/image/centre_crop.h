// centre_crop.h: a square from the middle of an image that keeps its aspect ratio.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/result.h"
#include "core/image/resize.h"

namespace verger {

// Writes the middle `side` x `side` pixels of `image`, scaled so that its shorter side is `shorter`
// pixels and the longer one in proportion, rounded down. Where an odd number of pixels is cut off,
// half of it is rounded to the even number, and goes off at the left and at the top.
//
// Shape:  `out` holds ByteCount({side, side}) bytes.
// Errors: kBadCall unless 1 <= side <= shorter, or as Resize; kBadPhoto if the longer side would
//         have 2^31 pixels or more.
// Cost:   O(source pixels) at most; pixels that are cut off are not made.
// Source: torchvision's Resize(shorter) and CenterCrop(side) on Pillow's images.
Status ResizeAndCrop(ImageView image, int shorter, int side, Filter filter,
                     std::span<std::uint8_t> out);

}  // namespace verger
