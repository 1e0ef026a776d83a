#include "core/extract/to_input.h"

#include "core/image/centre_crop.h"
#include "core/image/resize.h"

namespace verger {

Status ToInput(const Image& image, const Preset& preset, std::span<std::uint8_t> pixels) {
  if (preset.crop == 0) return Resize(image.view(), preset.input, preset.filter, pixels);
  return ResizeAndCrop(image.view(), ShorterSide(preset), preset.input.width, preset.filter,
                       pixels);
}

}  // namespace verger
