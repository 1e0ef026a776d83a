// photo_limits.h: the largest photos that options ask for.
#pragma once

#include <cstdint>

#include "abi/guard.h"
#include "core/base/photo_limits.h"

namespace verger::abi {

// Errors: kBadCall for numbers below 0, or above the most that may be asked for.
inline Result<PhotoLimits> ReadPhotoLimits(std::int64_t max_pixels, std::int64_t max_bytes) {
  VERGER_RETURN_IF_ERROR(Require(0 <= max_pixels && max_pixels <= kMostPhotoPixels &&
                                     0 <= max_bytes && max_bytes <= kMostPhotoBytes,
                                 "max_pixels and max_bytes: give 1 to largest_max_pixels and "
                                 "largest_max_bytes of verger_limits, or 0 for what it has"));
  PhotoLimits limits;
  if (max_pixels > 0) limits.max_pixels = max_pixels;
  if (max_bytes > 0) limits.max_bytes = max_bytes;
  return limits;
}

}  // namespace verger::abi
