// read.h: the bytes of a photo, or why there are none.
#pragma once

#include <cstdint>
#include <string>

#include "cli/photos/listing.h"

namespace verger::cli {

inline constexpr std::int64_t kMostPhotoBytes = std::int64_t{64} << 20;

struct ReadOutcome {
  std::string error;       // why the photo is rejected; "" if it was read
  bool transient = false;  // another run may fare better
};

// Appends the photo's bytes to `bytes`, or leaves `bytes` as it was and says why the photo is
// rejected: larger than kMostPhotoBytes, not permitted, vanished or changed since it was listed,
// or not readable in three tries.
ReadOutcome ReadPhoto(const Photo& photo, std::string* bytes);

}  // namespace verger::cli
