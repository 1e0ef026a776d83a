// decode.h: from a photo to an upright RGB image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/base/bytes.h"
#include "core/base/photo_limits.h"
#include "core/base/result.h"
#include "core/image/image.h"

namespace verger {

// What a photo may take of memory and time before it is refused. All are checked from headers,
// before pixels are allocated, but for the scans, which are counted as they are read.
struct DecodeLimits {
  std::int64_t max_bytes = kMaxPhotoBytes;
  std::int64_t max_pixels = kMaxPhotoPixels;
  int max_side = 65'500;  // JPEG's own limit
  // A photo may claim so many pixels whatever its size, and above them so many for each of its
  // bytes: no photo is near, and a file of a hundred bytes cannot ask for a gigabyte.
  std::int64_t free_pixels = std::int64_t{4} << 20;
  std::int64_t max_pixels_per_byte = 8192;  // as of a white PNG of 1 bit a pixel
  int max_scans = 100;  // of a progressive JPEG; of a large one, those of 16 * max_pixels in all
};

// libjpeg keeps all coefficients of a JPEG of several scans, 2 bytes a sample, and may have so much
// memory for each of max_pixels: enough with colour at half size (4:2:0).
inline constexpr std::int64_t kCoefficientBytesPerPixel = 3;

// More than any image has.
inline constexpr Size kAllPixels{std::numeric_limits<int>::max(), std::numeric_limits<int>::max()};

// Whether every pixel of a photo is decoded, or as few as do for the size it is resized to.
enum class Decoding { kExact, kFast };

// To be raised when fast decoding comes to give other pixels: part of its identity.
inline constexpr int kFastDecoder = 2;

// Decodes a JPEG, PNG or WebP photo, distinguished by content, never by name.
//
// `at_least`: how many pixels the upright image must have along each side. A JPEG that has 2, 4 or
// 8 times as many is decoded that much smaller: the most of these that leaves so many. By default,
// no photo is. What is refused, and why, does not depend on it.
//
// The image is turned upright by the photo's EXIF orientation; broken EXIF is
// ignored, it never loses a good photo. Grey, CMYK, YCCK, palette, 16-bit and
// alpha each become RGB by one fixed rule (docs/numerics.md). Of an animation,
// the first frame. A warning of a decoder is an error where pixels may not be whole.
//
// Errors: kBadPhoto, with the reason, e.g. "JPEG: ends before its last row".
// Cost:   3 bytes a pixel of the image; as much again for a photo that is to be turned, or, for a
//         JPEG of several scans, at most 3 * max_pixels.
// Source: the same bytes as Pillow's open, exif_transpose, convert("RGB"); with `at_least`, for
//         JPEGs that jpeg_small.h is not for, as its open, draft, exif_transpose, convert("RGB");
//         tests/parity.
Result<Image> Decode(Bytes photo, const DecodeLimits& limits = {}, Size at_least = kAllPixels);

}  // namespace verger
