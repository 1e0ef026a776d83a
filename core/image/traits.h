// traits.h: colour, size and shape of a fruit before a plain background.
#pragma once

#include <optional>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/decode.h"
#include "core/image/image.h"

namespace verger {

struct Traits {
  double lab_l;      // mean of CIELAB over the fruit's pixels: lightness, 0 to 100,
  double lab_a;      // from green (negative) to red,
  double lab_b;      // and from blue (negative) to yellow; sRGB, white D65, observer of 2 degrees
  double area;       // of the photo, 0 to 1
  double roundness;  // 4 pi area / perimeter^2: 1 for a disc, 0 for a line
};

// Traits of the largest region that differs from the background; nothing where the background is
// not plain, or nothing differs from it that takes a hundredth of the photo.
//
// A large image is looked at as means of square blocks, its longer side at most 256 of them. The
// background's colour is the median of the pixels at the border, channel by channel. It is plain if
// 6 of 10 of them are no further from that colour than 16 of 255 in any channel: the fruit may be
// cut off at a side. Background is what is as near and reaches the border through neighbours
// at the sides; a highlight inside the fruit is fruit. Regions hang together by corners too.
//
// Perimeter: by Cauchy and Crofton, from the region's widths along sixteen directions, without the
// bias of counted edges: a disc of 10 blocks or more has a roundness of 0.97 to 1, a square 0.79 to
// 0.81 where 0.785 is exact.
// Cost:      reads each pixel once; some milliseconds besides.
// Source:    IEC 61966-2-1 and CIE 15, with the constants of scikit-image's rgb2lab.
std::optional<Traits> MeasureTraits(ImageView image);

// The same of an encoded photo. Errors: as Decode(), and kBadPhoto where memory does not suffice.
Result<std::optional<Traits>> MeasurePhoto(Bytes photo, const DecodeLimits& limits);

}  // namespace verger
