// image.h: decoded pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/huge_pages.h"

namespace verger {

struct Size {
  int width = 0;
  int height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

// RGB pixels that belong to somebody else.
//
// Shape: size.height rows of size.width pixels of 3 bytes; rows top to bottom, no padding.
struct ImageView {
  Size size;
  std::span<const std::uint8_t> pixels;
};

// RGB, 8 bits a channel, upright. Shape: as ImageView.
struct Image {
  Size size;
  std::vector<std::uint8_t> pixels;

  ImageView view() const { return {size, pixels}; }
};

// Bytes that an RGB image of this size takes.
inline std::size_t ByteCount(Size size) {
  return std::size_t{3} * static_cast<std::size_t>(size.width) *
         static_cast<std::size_t>(size.height);
}

// Makes room for the pixels of an image that has a size but no pixels yet.
inline void ReservePixels(Image& image) {
  image.pixels.reserve(ByteCount(image.size));
  AdviseHugePages(image.pixels.data(), image.pixels.capacity());
}

}  // namespace verger
