// png.h: PNG, and the first frame of an animated one, by libpng.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/decode.h"
#include "core/image/decoded_photo.h"

namespace verger {

// A photo whose pixels are whole is good even if the chunks behind them are not.
// Errors: kBadPhoto.
Result<DecodedPhoto> DecodePng(Bytes photo, const DecodeLimits& limits);

}  // namespace verger
