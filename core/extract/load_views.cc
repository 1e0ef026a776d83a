#include "core/extract/load_views.h"

#include <new>

#include "core/extract/views.h"
#include "core/image/content.h"

namespace verger {
namespace {

std::string LoadOrThrow(Bytes photo, const DecodeLimits& limits, const Preset& preset,
                        std::span<std::uint8_t> views, std::optional<Traits>* traits) {
  Result<Image> image = Decode(photo, limits, PixelsNeeded(preset));
  if (!image) return image.error().message;
  if (traits != nullptr) *traits = MeasureTraits(image->view());
  const Status resized = ToViews(*image, preset, views);
  return resized ? "" : resized.error().message;
}

}  // namespace

std::string LoadViews(Bytes photo, const DecodeLimits& limits, const Preset& preset,
                      std::span<std::uint8_t> views, std::optional<Traits>* traits) {
  try {
    return LoadOrThrow(photo, limits, preset, views, traits);
  } catch (const std::bad_alloc&) {
    return std::string(kOutOfMemory);  // the photos beside it may do with less
  }
}

}  // namespace verger
