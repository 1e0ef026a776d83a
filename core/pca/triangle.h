// triangle.h: a symmetric matrix by its upper triangle: row by row, each from its diagonal.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/huge_pages.h"

namespace verger {

// Numbers in the triangle of a (dimension, dimension) matrix.
constexpr std::size_t TriangleSize(std::size_t dimension) {
  return dimension * (dimension + 1) / 2;
}

// Entry (row, column), where column >= row, lies at TriangleRow(dimension, row) + column.
constexpr std::size_t TriangleRow(std::size_t dimension, std::size_t row) {
  return row * (2 * dimension - row - 1) / 2;
}

// A triangle of zeros, in huge pages: it is written from end to end, block of rows after block.
inline std::vector<double> ZeroTriangle(std::size_t dimension) {
  std::vector<double> triangle;
  triangle.reserve(TriangleSize(dimension));
  AdviseHugePages(triangle.data(), TriangleSize(dimension) * sizeof(double));
  triangle.resize(TriangleSize(dimension));
  return triangle;
}

}  // namespace verger
