#include "core/pca/multiply.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "core/base/test_targets.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

std::vector<double> RandomMatrix(int rows, int columns) {
  std::mt19937 generator(static_cast<unsigned>(rows * 1000 + columns));
  std::vector<double> matrix(static_cast<std::size_t>(rows) * columns);
  for (double& value : matrix) value = static_cast<double>(generator()) / 4e9 - 0.5;
  return matrix;
}

constexpr int kTails[] = {1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 23, 24, 25, 49};
constexpr int kDepths[] = {1, 2, 17, 255, 256, 257, 600};

TEST(MultiplyAdd, AgreesWithScalarSumsOnEveryTarget) {
  OnEveryTarget([] {
    for (int rows : {1, 3, 4, 5, 8, 9}) {
      for (int columns : kTails) {
        for (int depth : kDepths) {
          const std::vector<double> a = RandomMatrix(rows, depth);
          const std::vector<double> b = RandomMatrix(depth, columns);
          // A column more than the product has: it must stay as it was.
          const int stride = columns + 1;
          std::vector<double> c = RandomMatrix(rows, stride);
          const std::vector<double> before = c;
          MultiplyAdd(-0.5, rows, {a.data(), depth, 1},
                      Panels(depth, columns, {b.data(), columns, 1}), c.data(), stride);
          for (int i = 0; i < rows; ++i) {
            for (int j = 0; j < columns; ++j) {
              double sum = 0;
              for (int k = 0; k < depth; ++k) sum += a[i * depth + k] * b[k * columns + j];
              ASSERT_NEAR(c[i * stride + j], before[i * stride + j] - 0.5 * sum, 1e-13 * depth)
                  << rows << " x " << depth << " x " << columns << " at " << i << ", " << j;
            }
            ASSERT_EQ(c[i * stride + columns], before[i * stride + columns]);
          }
        }
      }
    }
  });
}

TEST(MultiplyAdd, ReadsTransposedFactors) {
  constexpr int kRows = 5;
  constexpr int kDepth = 9;
  constexpr int kColumns = 7;
  const std::vector<double> a = RandomMatrix(kDepth, kRows);
  const std::vector<double> b = RandomMatrix(kColumns, kDepth);
  std::vector<double> c(std::size_t{kRows} * kColumns);
  MultiplyAdd(1.0, kRows, {a.data(), 1, kRows}, Panels(kDepth, kColumns, {b.data(), 1, kDepth}),
              c.data(), kColumns);
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) {
      double sum = 0;
      for (int k = 0; k < kDepth; ++k) sum += a[k * kRows + i] * b[j * kDepth + k];
      EXPECT_NEAR(c[i * kColumns + j], sum, 1e-14);
    }
  }
}

// Sizes on both sides of the squares that are copied at a time.
TEST(MultiplySymmetric, AgreesWithScalarSumsOnEveryTarget) {
  OnEveryTarget([] {
    for (int dimension : {1, 2, 13, 255, 256, 257, 520}) {
      for (int columns : {1, 24, 25}) {
        const std::vector<double> triangle = RandomMatrix(dimension * (dimension + 1) / 2, 1);
        const std::vector<double> b = RandomMatrix(dimension, columns);
        std::vector<double> c(b.size(), 2.0);
        MultiplySymmetric(triangle.data(), Panels(dimension, columns, {b.data(), columns, 1}),
                          c.data());
        std::vector<double> expected(b.size(), 2.0);
        std::size_t entry = 0;
        for (int i = 0; i < dimension; ++i) {
          for (int j = i; j < dimension; ++j, ++entry) {
            for (int k = 0; k < columns; ++k) {
              expected[i * columns + k] += triangle[entry] * b[j * columns + k];
              if (j > i) expected[j * columns + k] += triangle[entry] * b[i * columns + k];
            }
          }
        }
        for (std::size_t i = 0; i < c.size(); ++i) {
          ASSERT_NEAR(c[i], expected[i], 1e-13 * (dimension + 2))
              << dimension << " x " << columns << " at " << i;
        }
      }
    }
  });
}

TEST(AddGram, AgreesWithScalarSumsOnEveryTarget) {
  OnEveryTarget([] {
    for (int columns : {1, 2, 5, 11, 12, 13, 25, 97, 130}) {
      for (int rows : {1, 2, 17, 257}) {
        const std::vector<double> x = RandomMatrix(rows, columns);
        Panels panels(rows, columns);
        for (int i = 0; i < rows; ++i) panels.SetRow(i, x.data() + std::ptrdiff_t{i} * columns);
        const auto dimension = static_cast<std::size_t>(columns);
        std::vector<double> c(TriangleSize(dimension), 2.0);
        AddGram(-0.5, panels, c.data());
        std::size_t entry = 0;
        for (int i = 0; i < columns; ++i) {
          for (int j = i; j < columns; ++j, ++entry) {
            double sum = 2;
            for (int k = 0; k < rows; ++k) sum -= 0.5 * x[k * columns + i] * x[k * columns + j];
            ASSERT_NEAR(c[entry], sum, 1e-14 * (rows + 2))
                << rows << " x " << columns << " at " << i << ", " << j;
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace verger
