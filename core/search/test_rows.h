// test_rows.h: rows for tests of core/search.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace verger {

// Shape: rows x width, row-major, from -1 to 1.
inline std::vector<float> RandomRows(std::size_t rows, std::size_t width, unsigned seed = 1) {
  std::mt19937 generator(seed);
  std::vector<float> values(rows * width);
  for (float& value : values) value = static_cast<float>(generator()) / 2147483648.0F - 1.0F;
  return values;
}

}  // namespace verger
