// jpeg_small.h: a JPEG with 1/2, 1/4 or 1/8 of its pixels along each side, faster than by libjpeg.
#pragma once

#include <optional>

#include "core/base/bytes.h"
#include "core/image/image.h"
#include "core/image/jpeg_frame.h"

namespace verger {

// Decodes a photo with 1 / `divisor` of its pixels along each side, rounded up: from the lowest
// coefficients alone, as many of each block as such pixels of light can show. Blocks of colour that
// has fewer samples become so many more pixels, so that it needs no enlarging.
//
// nullopt for a photo that is not for ReadCoefficients(), or of which a block would have a side
// of more than 8 pixels: libjpeg has to tell what it is. How a photo is coded does not show in
// its pixels.
//
// Requires: `frame` is that of `photo`; 2, 4 or 8.
// Cost:     as ReadCoefficients(), and the image.
std::optional<Image> DecodeSmallJpeg(Bytes photo, const JpegFrame& frame, int divisor,
                                     int max_scans);

}  // namespace verger
