// webp.h: lossy and lossless WebP, and the first frame of an animated one, by libwebp.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/decode.h"
#include "core/image/decoded_photo.h"

namespace verger {

// A first frame smaller than the canvas lies on black, as in Pillow.
// Errors: kBadPhoto.
// Cost:   for lossless photos, four bytes more a pixel.
Result<DecodedPhoto> DecodeWebp(Bytes photo, const DecodeLimits& limits);

}  // namespace verger
