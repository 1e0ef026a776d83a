#include "core/image/centre_crop.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace verger {
namespace {

// Python's round(spare / 2).
int HalfToEven(int spare) {
  const int half = spare / 2;
  return spare % 2 != 0 && half % 2 != 0 ? half + 1 : half;
}

}  // namespace

Status ResizeAndCrop(ImageView image, int shorter, int side, Filter filter,
                     std::span<std::uint8_t> out) {
  const auto [width, height] = image.size;
  if (side < 1 || side > shorter) {
    return Error{Code::kBadCall, fmt::format("crop: no {} x {} pixels in an image of {} pixels",
                                             side, side, shorter)};
  }
  if (width < 1 || height < 1) return Resize(image, {side, side}, filter, out);  // says what it is
  const std::int64_t longer =
      std::int64_t{shorter} * std::max(width, height) / std::min(width, height);
  if (longer > std::numeric_limits<int>::max()) {
    return Error{Code::kBadPhoto, fmt::format("{} x {} pixels are too narrow to be cropped to a "
                                              "square",
                                              width, height)};
  }
  const int other = static_cast<int>(longer);
  const Size scaled = width <= height ? Size{shorter, other} : Size{other, shorter};
  const Window middle{
      HalfToEven(scaled.width - side), HalfToEven(scaled.height - side), {side, side}};
  return ResizeWindow(image, scaled, middle, filter, out);
}

}  // namespace verger
