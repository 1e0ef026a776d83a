// jpeg.h: baseline and progressive JPEG, by libjpeg-turbo.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/decode.h"
#include "core/image/decoded_photo.h"

namespace verger {

// Errors: kBadPhoto; also for what libjpeg only warns of, since then pixels are made up.
// Cost:   for progressive photos, two bytes more a sample, of all pixels.
Result<DecodedPhoto> DecodeJpeg(Bytes photo, const DecodeLimits& limits, Size at_least);

}  // namespace verger
