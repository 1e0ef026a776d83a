#include "core/pca/eigenpairs.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <limits>
#include <optional>

#include "core/pca/krylov.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

// Below this dimension a full decomposition takes less than 30 ms.
constexpr int kSmall = 256;

}  // namespace

double RoundingError(int dimension, double largest) {
  return dimension * std::numeric_limits<double>::epsilon() * largest;
}

int CountRequested(std::span<const double> values, PairsRequest request) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[i];
    const int count = static_cast<int>(i) + 1;
    if (count == request.count || sum > request.sum) return count;
  }
  return static_cast<int>(values.size()) + 1;
}

Eigenpairs DenseEigenpairs(std::span<const double> triangle, int dimension, PairsRequest request) {
  // Eigen looks below the diagonal. An expression, for it makes a matrix of its own in any case.
  const auto entry = [&](Eigen::Index i, Eigen::Index j) {
    return triangle[TriangleRow(static_cast<std::size_t>(dimension),
                                static_cast<std::size_t>(std::min(i, j))) +
                    static_cast<std::size_t>(std::max(i, j))];
  };
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      Eigen::MatrixXd::NullaryExpr(dimension, dimension, entry));
  const Eigen::VectorXd values = solver.eigenvalues().reverse();
  const double floor = RoundingError(dimension, values[0]);
  const auto rank =
      std::count_if(values.begin(), values.end(), [floor](double value) { return value > floor; });
  Eigenpairs pairs;
  pairs.values.assign(values.begin(), values.begin() + rank);
  pairs.values.resize(
      std::min<std::size_t>(static_cast<std::size_t>(rank),
                            static_cast<std::size_t>(CountRequested(pairs.values, request))));
  for (std::size_t i = 0; i < pairs.values.size(); ++i) {
    const auto vector = solver.eigenvectors().col(dimension - 1 - static_cast<Eigen::Index>(i));
    pairs.vectors.insert(pairs.vectors.end(), vector.begin(), vector.end());
  }
  return pairs;
}

Eigenpairs LeadingEigenpairs(std::span<const double> triangle, int dimension,
                             PairsRequest request) {
  if (dimension > kSmall) {
    if (std::optional<Eigenpairs> pairs = KrylovEigenpairs(triangle, dimension, request)) {
      return *std::move(pairs);
    }
  }
  return DenseEigenpairs(triangle, dimension, request);
}

}  // namespace verger
