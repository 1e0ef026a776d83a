// How large a photo becomes for a network: what the phone app needs of a preset, without its texts.
#include <cmath>

#include "core/model/preset.h"

namespace verger {
namespace {

// Twice the pixels that a photo is resized to: with as many, the resize averages over blocks of
// at least 2 x 2 of them, and what was lost in decoding moves features little (docs/numerics.md).
constexpr int kPixelsPerTarget = 2;

}  // namespace

Size PixelsNeeded(const Preset& preset) {
  if (preset.decoding == Decoding::kExact) return kAllPixels;
  const int shorter = ShorterSide(preset);
  const Size resized = shorter == 0 ? preset.input : Size{shorter, shorter};
  // Of three views one has 8 pixels of 10 of the photo, along each side.
  const auto needed = [&](int target) {
    const int pixels = kPixelsPerTarget * target;
    return preset.views == 3 ? (10 * pixels + 7) / 8 : pixels;
  };
  return {needed(resized.width), needed(resized.height)};
}

int ShorterSide(const Preset& preset) {
  const double crop = preset.crop;
  return static_cast<int>(crop > 0 && crop <= 1 ? std::floor(preset.input.width / crop) : crop);
}

}  // namespace verger
