#include "core/image/upright.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

namespace verger {
namespace {

// Where the pixel (x, y) of the turned image comes from: origin + x * across + y * down, in pixels.
struct Walk {
  std::ptrdiff_t origin;
  std::ptrdiff_t across;
  std::ptrdiff_t down;
};

Walk WalkFor(int orientation, std::ptrdiff_t width, std::ptrdiff_t height) {
  const std::ptrdiff_t right = width - 1;
  const std::ptrdiff_t bottom = (height - 1) * width;
  switch (orientation) {
    case 1:
      return {0, 1, width};
    case 2:
      return {right, -1, width};
    case 3:
      return {bottom + right, -1, -width};
    case 4:
      return {bottom, 1, -width};
    case 5:
      return {0, width, 1};
    case 6:
      return {bottom, -width, 1};
    case 7:
      return {bottom + right, -width, -1};
    default:
      return {right, width, -1};
  }
}

}  // namespace

Image Upright(Image image, int orientation) {
  assert(1 <= orientation && orientation <= 8);
  if (orientation == 1) return image;
  Image turned;
  turned.size = image.size;
  if (orientation >= 5) std::swap(turned.size.width, turned.size.height);
  ReservePixels(turned);
  turned.pixels.resize(image.pixels.size());
  TurnInto(image.view(), orientation, turned.pixels);
  return turned;
}

void TurnInto(ImageView image, int orientation, std::span<std::uint8_t> out) {
  assert(1 <= orientation && orientation <= 8);
  assert(out.size() == ByteCount(image.size));
  const Walk walk = WalkFor(orientation, image.size.width, image.size.height);
  auto [width, height] = image.size;
  if (orientation >= 5) std::swap(width, height);
  // In squares of 64 pixels, so that the lines a quarter turn reads across stay in the cache.
  constexpr int kSquare = 64;
  for (int top = 0; top < height; top += kSquare) {
    for (int left = 0; left < width; left += kSquare) {
      const int right = std::min(left + kSquare, width);
      for (int y = top; y < std::min(top + kSquare, height); ++y) {
        std::uint8_t* to = &out[3 * (std::size_t(y) * width + left)];
        const std::uint8_t* pixels = image.pixels.data();
        std::ptrdiff_t from = walk.origin + left * walk.across + y * walk.down;
        for (int x = left; x < right; ++x, to += 3, from += walk.across) {
          to[0] = pixels[3 * from];
          to[1] = pixels[3 * from + 1];
          to[2] = pixels[3 * from + 2];
        }
      }
    }
  }
}

}  // namespace verger
