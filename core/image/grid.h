// grid.h: a value for each pixel of an image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/image/image.h"

namespace verger {

template <typename T>
struct Grid {
  Grid(Size grid_size, T value)
      : size(grid_size),
        values(static_cast<std::size_t>(grid_size.width) * grid_size.height, value) {}

  std::size_t Index(int x, int y) const {
    return static_cast<std::size_t>(y) * size.width + static_cast<std::size_t>(x);
  }
  T At(int x, int y) const { return values[Index(x, y)]; }

  Size size;
  std::vector<T> values;
};

// 1 for pixels that belong to it, 0 for others.
using Mask = Grid<std::uint8_t>;

}  // namespace verger
