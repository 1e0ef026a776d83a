#include "core/image/crop.h"

#include <cassert>
#include <cstring>

namespace verger {

void Crop(Window window, Image& image) {
  assert(window.left >= 0 && window.left + window.size.width <= image.size.width);
  assert(window.top >= 0 && window.top + window.size.height <= image.size.height);
  const std::size_t row_bytes = ByteCount({window.size.width, 1});
  for (int y = 0; y < window.size.height; ++y) {
    const std::size_t from =
        ByteCount({image.size.width, window.top + y}) + ByteCount({window.left, 1});
    // Rows move towards the beginning, so that none is written over before it was read.
    std::memmove(image.pixels.data() + y * row_bytes, image.pixels.data() + from, row_bytes);
  }
  image.size = window.size;
  image.pixels.resize(ByteCount(window.size));
}

}  // namespace verger
