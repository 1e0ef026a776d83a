// resize.h: bring an image to the size the network was trained on.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/image/image.h"

namespace verger {

enum class Filter { kNearest, kBox, kBilinear, kHamming, kBicubic, kLanczos };

// In the order of Filter.
inline constexpr std::array<std::string_view, 6> kFilterNames = {"nearest", "box",     "bilinear",
                                                                 "hamming", "bicubic", "lanczos"};

// The pixels of an image from (left, top) on that are wanted.
struct Window {
  int left = 0;
  int top = 0;
  Size size;
};

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

// Writes the pixels of `window` that `image`, scaled to `scaled`, has; no others are made.
//
// Shape:  `out` holds ByteCount(window.size) bytes.
// Errors: as Resize, and kBadCall for a window that is not inside `scaled`.
Status ResizeWindow(ImageView image, Size scaled, Window window, Filter filter,
                    std::span<std::uint8_t> out);

}  // namespace verger
