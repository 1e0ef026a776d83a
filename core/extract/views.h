// views.h: the images of one photo whose features are averaged.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/result.h"
#include "core/image/image.h"
#include "core/model/preset.h"

namespace verger {

// Writes the views of a photo one behind the other, as the network takes them:
//
//   1  the whole: ToInput() of the image
//   3  the whole, that mirrored left-right, and ToInput() of the middle 80 %: each side from a
//   tenth
//      of its pixels, rounded to the nearest and a half up, to as many from its end
//   8  the whole, turned and mirrored as the EXIF orientations 1 to 8 ask
//
// Mirrored and turned are the network's pixels, not the photo's: that costs next to nothing, and
// resizing the turned photo differs by roundings.
//
// Requires: views.size() == preset.views * ByteCount(preset.input), and the input is a square for
//           8. `image` is used up.
Status ToViews(Image& image, const Preset& preset, std::span<std::uint8_t> views);

}  // namespace verger
