// decode_format.h: what the targets of the decoders have in common.
#pragma once

#include "core/image/content.h"
#include "core/image/decode.h"
#include "fuzz/input.h"

namespace verger::fuzz {

// Decodes a photo of one format, with every pixel and with fewer: as few as do for 32 x 32, and as
// few as there can be, which small inputs have too.
inline int DecodeFormat(Content content, Bytes photo) {
  if (SniffContent(photo) != content) return -1;
  DecodeLimits limits;
  limits.max_pixels = std::int64_t{1} << 20;  // larger images take time and find no more
  const Result<Image> image = Decode(photo, limits);
  VERGER_FUZZ_REQUIRE(image || !image.error().message.empty());
  VERGER_FUZZ_REQUIRE(!image || image->pixels.size() == ByteCount(image->size));
  for (const int side : {32, 4, 1}) {
    const Result<Image> smaller = Decode(photo, limits, {side, side});
    // What is refused, and why, does not depend on the scale.
    VERGER_FUZZ_REQUIRE(image.has_value() == smaller.has_value());
    if (!image) {
      VERGER_FUZZ_REQUIRE(image.error().message == smaller.error().message);
      continue;
    }
    VERGER_FUZZ_REQUIRE(smaller->size.width > 0 && smaller->size.height > 0);
    VERGER_FUZZ_REQUIRE(smaller->pixels.size() == ByteCount(smaller->size));
  }
  return 0;
}

}  // namespace verger::fuzz
