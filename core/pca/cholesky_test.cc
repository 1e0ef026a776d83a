#include "core/pca/cholesky.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "core/pca/triangle.h"

namespace verger {
namespace {

// A positive definite matrix, by its upper triangle: a Gram matrix plus a little of the identity.
std::vector<double> Definite(int dimension) {
  const auto width = static_cast<std::size_t>(dimension);
  std::mt19937 generator(7);
  std::normal_distribution<double> normal;
  std::vector<double> x(width * width);
  for (double& value : x) value = normal(generator);
  std::vector<double> triangle(TriangleSize(width));
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = i; j < width; ++j) {
      double sum = i == j ? 0.5 : 0;
      for (std::size_t k = 0; k < width; ++k) sum += x[k * width + i] * x[k * width + j];
      triangle[TriangleRow(width, i) + j] = sum;
    }
  }
  return triangle;
}

// Around the bands' height, and far from a multiple of any vector's length.
class Cholesky : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Sizes, Cholesky, testing::Values(1, 2, 63, 64, 65, 131));

TEST_P(Cholesky, SolvesWhatTheMatrixMakes) {
  const int dimension = GetParam();
  const auto width = static_cast<std::size_t>(dimension);
  const std::vector<double> matrix = Definite(dimension);
  const auto entry = [&](std::size_t i, std::size_t j) {
    return matrix[TriangleRow(width, std::min(i, j)) + std::max(i, j)];
  };
  constexpr std::size_t kRows = 5;
  std::vector<double> expected(kRows * width);
  std::vector<double> rows(kRows * width);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = std::sin(static_cast<double>(i));
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t i = 0; i < width; ++i) {
      for (std::size_t j = 0; j < width; ++j) {
        rows[r * width + i] += entry(i, j) * expected[r * width + j];
      }
    }
  }
  std::vector<double> factor = matrix;
  ASSERT_TRUE(FactorCholesky(factor, dimension));
  SolveCholesky(factor, dimension, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_NEAR(rows[i], expected[i], 1e-8) << i;
}

// Sizes on both sides of the band of rows that is factored at a time.
TEST(Cholesky, TellsTheSignOfTheSmallestEigenvalue) {
  for (int dimension : {1, 2, 63, 64, 65, 300}) {
    // The identity, but for `smallest` in the direction (1, 1, ...).
    for (double smallest : {1e-6, -1e-6}) {
      std::vector<double> triangle;
      for (int i = 0; i < dimension; ++i) {
        for (int j = i; j < dimension; ++j) {
          triangle.push_back((i == j) + (smallest - 1) / dimension);
        }
      }
      EXPECT_EQ(FactorCholesky(triangle, dimension), smallest > 0) << dimension;
    }
  }
}

}  // namespace
}  // namespace verger
