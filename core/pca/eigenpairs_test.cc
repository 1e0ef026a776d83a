#include "core/pca/eigenpairs.h"

#include <gtest/gtest.h>

#include <Eigen/QR>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/pca/krylov.h"

namespace verger {
namespace {

constexpr double kAnySum = std::numeric_limits<double>::infinity();
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The triangle of a matrix with these eigenvalues in random directions.
std::vector<double> WithEigenvalues(const std::vector<double>& values) {
  std::srand(3);
  const auto size = static_cast<Eigen::Index>(values.size());
  const Matrix vectors = Eigen::HouseholderQR<Matrix>(Matrix::Random(size, size)).householderQ();
  const Matrix matrix = vectors *
                        Eigen::Map<const Eigen::VectorXd>(values.data(), size).asDiagonal() *
                        vectors.transpose();
  std::vector<double> triangle;
  for (Eigen::Index i = 0; i < size; ++i) {
    triangle.insert(triangle.end(), &matrix(i, i), matrix.data() + (i + 1) * size);
  }
  return triangle;
}

// The values, each vector's equation, and that the vectors are orthonormal.
void ExpectPairs(const Eigenpairs& pairs, const std::vector<double>& triangle,
                 const std::vector<double>& values, std::size_t count) {
  ASSERT_EQ(pairs.values.size(), count);
  const auto size = static_cast<Eigen::Index>(values.size());
  Matrix upper(size, size);
  for (Eigen::Index i = 0, entry = 0; i < size; ++i) {
    for (Eigen::Index j = i; j < size; ++j)
      upper(i, j) = triangle[static_cast<std::size_t>(entry++)];
  }
  const Eigen::Map<const Matrix> vectors(pairs.vectors.data(), static_cast<Eigen::Index>(count),
                                         size);
  const Matrix images = vectors * upper.selfadjointView<Eigen::Upper>();
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_NEAR(pairs.values[i], values[i], 1e-12 * values[0]) << i;
    const auto row = static_cast<Eigen::Index>(i);
    EXPECT_LT((images.row(row) - pairs.values[i] * vectors.row(row)).norm(), 1e-12 * values[0])
        << i;
  }
  const Matrix gram = vectors * vectors.transpose();
  EXPECT_LT((gram - Matrix::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff(), 1e-13);
}

std::vector<double> Decaying(std::size_t size) {
  std::vector<double> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = std::pow(static_cast<double>(i + 1), -1.5);
  return values;
}

TEST(CountRequested, StopsAtTheCountOrAboveTheSum) {
  const std::vector<double> values = {4, 2, 1, 1};
  EXPECT_EQ(CountRequested(values, {3, kAnySum}), 3);
  EXPECT_EQ(CountRequested(values, {9, kAnySum}), 5);
  EXPECT_EQ(CountRequested(values, {4, 3.9}), 1);
  EXPECT_EQ(CountRequested(values, {4, 4}), 2);  // reached is not exceeded, as in scikit-learn
  EXPECT_EQ(CountRequested(values, {9, 8}), 5);
}

TEST(KrylovEigenpairs, FindsCounts) {
  const std::vector<double> values = Decaying(400);
  const std::vector<double> matrix = WithEigenvalues(values);
  for (int count : {1, 2, 50, 100}) {
    const auto pairs = KrylovEigenpairs(matrix, 400, {count, kAnySum});
    ASSERT_TRUE(pairs) << count;
    ExpectPairs(*pairs, matrix, values, static_cast<std::size_t>(count));
  }
  EXPECT_FALSE(KrylovEigenpairs(matrix, 400, {101, kAnySum}));
}

TEST(KrylovEigenpairs, FindsShares) {
  const std::vector<double> values = Decaying(400);
  const std::vector<double> matrix = WithEigenvalues(values);
  for (std::size_t count : {1, 2, 23, 60, 99}) {
    const double below =
        std::accumulate(values.begin(), values.begin() + static_cast<long>(count) - 1, 0.0);
    const auto pairs = KrylovEigenpairs(matrix, 400, {400, below + values[count - 1] / 2});
    ASSERT_TRUE(pairs) << count;
    ExpectPairs(*pairs, matrix, values, count);
  }
}

TEST(KrylovEigenpairs, IsTheSameEveryTime) {
  const std::vector<double> matrix = WithEigenvalues(Decaying(300));
  EXPECT_EQ(KrylovEigenpairs(matrix, 300, {20, kAnySum})->vectors,
            KrylovEigenpairs(matrix, 300, {20, kAnySum})->vectors);
}

TEST(LeadingEigenpairs, FindsCloseAndEqualValues) {
  // 40 equal ones are more than a block holds; others differ by 1e-7, or not at all.
  std::vector<double> values = Decaying(400);
  std::fill_n(values.begin() + 5, 40, values[5]);
  for (std::size_t i = 50; i < 60; ++i)
    values[i] = values[50] * (1 - 1e-7 * static_cast<double>(i - 50));
  const std::vector<double> matrix = WithEigenvalues(values);
  for (std::size_t count : {1, 10, 45, 55, 60, 70}) {
    ExpectPairs(LeadingEigenpairs(matrix, 400, {static_cast<int>(count), kAnySum}), matrix, values,
                count);
  }
}

TEST(LeadingEigenpairs, OfTheIdentityAreAnyOrthonormalVectors) {
  const std::vector<double> values(300, 1.0);
  const std::vector<double> matrix = WithEigenvalues(values);
  for (std::size_t count : {1, 30, 300}) {
    ExpectPairs(LeadingEigenpairs(matrix, 300, {static_cast<int>(count), kAnySum}), matrix, values,
                count);
  }
}

TEST(LeadingEigenpairs, StopsAtTheRank) {
  for (std::size_t size : {20, 400}) {
    for (std::size_t rank : {1, 7, 19}) {
      std::vector<double> values = Decaying(size);
      std::fill(values.begin() + static_cast<std::ptrdiff_t>(rank), values.end(), 0.0);
      const std::vector<double> matrix = WithEigenvalues(values);
      const Eigenpairs pairs = LeadingEigenpairs(matrix, static_cast<int>(size), {20, kAnySum});
      ExpectPairs(pairs, matrix, values, rank);
    }
  }
}

TEST(DenseEigenpairs, AgreesWithKrylov) {
  const std::vector<double> values = Decaying(300);
  const std::vector<double> matrix = WithEigenvalues(values);
  ExpectPairs(DenseEigenpairs(matrix, 300, {30, kAnySum}), matrix, values, 30);
  ExpectPairs(DenseEigenpairs(matrix, 300, {300, kAnySum}), matrix, values, 300);
}

}  // namespace
}  // namespace verger
