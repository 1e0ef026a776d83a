#include "core/extract/views.h"

#include "core/extract/to_input.h"
#include "core/image/crop.h"
#include "core/image/upright.h"

namespace verger {
namespace {

constexpr int kMirrored = 2;  // left-right, as an EXIF orientation

Window Middle(Size size) {
  const auto tenth = [](int pixels) { return pixels / 10 + (pixels % 10 >= 5 ? 1 : 0); };
  const int left = tenth(size.width);
  const int top = tenth(size.height);
  return {left, top, {size.width - 2 * left, size.height - 2 * top}};
}

}  // namespace

Status ToViews(Image& image, const Preset& preset, std::span<std::uint8_t> views) {
  const std::size_t each = ByteCount(preset.input);
  const auto view = [&](std::size_t at) { return views.subspan(at * each, each); };
  VERGER_RETURN_IF_ERROR(ToInput(image, preset, view(0)));
  const ImageView whole{preset.input, view(0)};
  if (preset.views == 3) {
    TurnInto(whole, kMirrored, view(1));
    Crop(Middle(image.size), image);
    return ToInput(image, preset, view(2));
  }
  for (int at = 1; at < preset.views; ++at) {
    TurnInto(whole, at + 1, view(static_cast<std::size_t>(at)));
  }
  return Ok();
}

}  // namespace verger
