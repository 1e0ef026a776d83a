// photo_limits.h: the words for photos that are too large, and which may be tried again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/limits.h"

namespace verger {

struct PhotoLimits {
  std::int64_t max_bytes = kMaxPhotoBytes;    // of the encoded photo
  std::int64_t max_pixels = kMaxPhotoPixels;  // of the image
};

// The reason of a reject, which names the option that would let it pass: `what`, "more than
// --max-pixels 201326592".
std::string MoreThanMaxPixels(std::string_view what, std::int64_t max_pixels);
std::string MoreThanMaxBytes(std::int64_t bytes, std::int64_t max_bytes);

// Whether `error` is such a reason, and `limits` are above the limit that it names.
bool MayPassWith(std::string_view error, const PhotoLimits& limits);

}  // namespace verger
