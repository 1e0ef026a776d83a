// triangle.h: a symmetric matrix by its upper triangle: row by row, each from its diagonal.
#pragma once

#include <cstddef>

namespace verger {

// Numbers in the triangle of a (dimension, dimension) matrix.
constexpr std::size_t TriangleSize(std::size_t dimension) {
  return dimension * (dimension + 1) / 2;
}

// Entry (row, column), where column >= row, lies at TriangleRow(dimension, row) + column.
constexpr std::size_t TriangleRow(std::size_t dimension, std::size_t row) {
  return row * (2 * dimension - row - 1) / 2;
}

}  // namespace verger
