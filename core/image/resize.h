// resize.h: bring an image to the size the network was trained on.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/result.h"
#include "core/image/image.h"

namespace verger {

enum class Filter { kBilinear, kBicubic };

// Writes `image`, scaled to exactly `target` whatever its aspect ratio, to `out`.
//
// When shrinking, the filter widens with the scale so that every source pixel
// counts; a plain 2x2 bilinear would alias and move the features (docs/numerics.md).
//
// Shape:  `out` holds ByteCount(target) bytes, RGB, rows top to bottom, no padding.
// Errors: kBadCall if a side is below 1 or `out` has another length.
// Cost:   O(source pixels) when shrinking; scratch of one image resized along one axis.
// Source: the fixed-point arithmetic of Pillow 13's Image.resize, byte for byte; tests/parity.
Status Resize(ImageView image, Size target, Filter filter, std::span<std::uint8_t> out);

}  // namespace verger
