// jpeg_frame.h: what a JPEG's header says of its coefficients.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/image/image.h"

namespace verger {

struct JpegFrame {
  enum class Colour { kGrey, kYcc, kRgb };

  struct Component {
    unsigned id = 0;
    int across = 1;  // its blocks in a unit
    int down = 1;
    std::array<std::uint16_t, 64> steps{};  // of quantisation: 8 rows of 8
  };

  Size size;
  Colour colour = Colour::kGrey;
  bool progressive = false;
  std::vector<Component> components;

  // Blocks of all components in a unit.
  int unit_across() const;
  int unit_down() const;
  Size units() const;
};

}  // namespace verger
