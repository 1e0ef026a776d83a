#include "core/pca/krylov.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "core/pca/cholesky.h"
#include "core/pca/multiply.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

// Vectors that pass through the matrix at a time: below this, reading it takes longer
// than multiplying; above, the polynomials get too short.
constexpr int kBlock = 24;
constexpr int kMaxRestarts = 40;
// The first guess of how many pairs a share of the variance takes.
constexpr int kFirstGuess = 24;

// A random number from -0.5 to 0.5, the same with every standard library.
double Random(std::mt19937_64& generator) {
  return static_cast<double>(generator() >> 11) * 0x1p-53 - 0.5;
}

// Orthonormal vectors, their images under the matrix, and the matrix seen from them.
class Subspace {
 public:
  Subspace(std::span<const double> triangle, int dimension, double scale)
      : triangle_(triangle), dimension_(dimension), scale_(scale) {
    next_.resize(static_cast<std::size_t>(kBlock) * dimension_);
    for (double& value : next_) value = Random(generator_);
    Orthonormalise();
  }

  int size() const { return size_; }
  const Eigen::VectorXd& values() const { return values_; }  // descending
  const std::vector<double>& vectors() const { return vectors_; }

  // Takes in the next block of vectors.
  void Grow() {
    std::vector<double> images(static_cast<std::size_t>(dimension_) * kBlock);
    MultiplySymmetric(triangle_.data(), PackRows(next_), images.data());
    basis_.insert(basis_.end(), next_.begin(), next_.end());
    Transpose(images, next_);
    images_.insert(images_.end(), next_.begin(), next_.end());
    const int size = size_ + kBlock;
    projected_.conservativeResize(size, size);
    RowMajor column = RowMajor::Zero(size, kBlock);
    MultiplyAdd(1.0, size, {basis_.data(), dimension_, 1}, PackRows(next_), column.data(), kBlock);
    projected_.bottomRows(kBlock) = column.transpose();  // the lower triangle is enough
    size_ = size;
    Orthonormalise();
  }

  // Finds the Ritz pairs: all values, and the leading `count` vectors with their images.
  void Solve(int count) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(projected_);
    values_ = solver.eigenvalues().reverse();
    const double* leading = solver.eigenvectors().col(size_ - 1).data();
    vectors_ = Combine(leading, count, basis_);
    vector_images_ = Combine(leading, count, images_);
  }

  // The distance of the image of Ritz vector `i` from its value times itself.
  double Residual(int i) const {
    const Eigen::Index first = static_cast<Eigen::Index>(i) * dimension_;
    const Eigen::Map<const Eigen::VectorXd> vector(vectors_.data() + first, dimension_);
    const Eigen::Map<const Eigen::VectorXd> image(vector_images_.data() + first, dimension_);
    return (image - values_[i] * vector).norm();
  }

  // Keeps only the Ritz vectors that Solve found; the next block is as before.
  void Restart() {
    basis_ = std::move(vectors_);
    images_ = std::move(vector_images_);
    size_ = static_cast<int>(basis_.size() / static_cast<std::size_t>(dimension_));
    projected_ = values_.head(size_).asDiagonal();
  }

 private:
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  // The rows of a block, as columns to multiply by.
  Panels PackRows(const std::vector<double>& rows) const {
    return Panels(dimension_, kBlock, {rows.data(), 1, dimension_});
  }

  void Transpose(const std::vector<double>& from, std::vector<double>& to) const {
    for (int i = 0; i < kBlock; ++i) {
      for (int j = 0; j < dimension_; ++j) to[i * dimension_ + j] = from[j * kBlock + i];
    }
  }

  // Rows of the basis (or images) combined by eigenvectors, the leading one last in memory.
  std::vector<double> Combine(const double* leading, int count,
                              const std::vector<double>& rows) const {
    std::vector<double> combined(static_cast<std::size_t>(count) * dimension_);
    MultiplyAdd(1.0, count, {leading, -size_, 1},
                Panels(size_, dimension_, {rows.data(), dimension_, 1}), combined.data(),
                dimension_);
    return combined;
  }

  // Makes next_ orthonormal, and orthogonal to the basis. A vector of which only rounding
  // errors would remain is replaced by a random one: the matrix may have more to show.
  void Orthonormalise() {
    for (int pass = 0; pass < 3; ++pass) {
      RemoveBasis();
      Eigen::Map<RowMajor> block(next_.data(), kBlock, dimension_);
      for (int i = 0; i < kBlock; ++i) {
        auto row = block.row(i);
        for (int j = 0; j < i; ++j) row -= row.dot(block.row(j)) * block.row(j);
        if (pass == 0 && size_ > 0 && row.norm() <= scale_) {
          for (double& value : row) value = Random(generator_);
        }
        row.normalize();
      }
    }
  }

  void RemoveBasis() {
    if (size_ == 0) return;
    RowMajor overlap = RowMajor::Zero(size_, kBlock);
    MultiplyAdd(1.0, size_, {basis_.data(), dimension_, 1}, PackRows(next_), overlap.data(),
                kBlock);
    // -overlap^T basis, with the basis as the left factor: it need not be packed.
    std::vector<double> removed(next_.size());
    MultiplyAdd(-1.0, dimension_, {basis_.data(), 1, dimension_},
                Panels(size_, kBlock, {overlap.data(), kBlock, 1}), removed.data(), kBlock);
    for (int i = 0; i < kBlock; ++i) {
      for (int j = 0; j < dimension_; ++j) next_[i * dimension_ + j] += removed[j * kBlock + i];
    }
  }

  const std::span<const double> triangle_;
  const int dimension_;
  const double scale_;
  std::mt19937_64 generator_{20261122};
  int size_ = 0;
  std::vector<double> basis_;   // (size, dimension)
  std::vector<double> images_;  // (size, dimension)
  std::vector<double> next_;    // (kBlock, dimension)
  Eigen::MatrixXd projected_;   // (size, size), lower triangle
  Eigen::VectorXd values_;
  std::vector<double> vectors_;
  std::vector<double> vector_images_;
};

// Each vector's error is about its residual over the distance to the nearest other value.
bool Converged(const Subspace& space, int count) {
  const Eigen::VectorXd& values = space.values();
  const double floor = 256 * std::numeric_limits<double>::epsilon() * values[0];
  for (int i = 0; i < count; ++i) {
    double gap = values[i] - values[i + 1];
    if (i > 0) gap = std::min(gap, values[i - 1] - values[i]);
    if (space.Residual(i) > std::max(1e-12 * gap, floor)) return false;
  }
  return true;
}

// With the pairs found moved out of the way, is every eigenvalue below the last of them?
bool NoneMissing(std::span<const double> triangle, int dimension, const Eigenpairs& pairs) {
  const auto width = static_cast<std::size_t>(dimension);
  const double bound = pairs.values.back() + 1e-10 * pairs.values[0];
  std::vector<double> rest(triangle.size());
  std::transform(triangle.begin(), triangle.end(), rest.begin(), std::negate<>());
  for (std::size_t i = 0; i < width; ++i) rest[TriangleRow(width, i) + i] += bound;
  Panels scaled_vectors(static_cast<int>(pairs.values.size()), dimension);
  std::vector<double> scaled(width);
  for (std::size_t i = 0; i < pairs.values.size(); ++i) {
    const double root = std::sqrt(pairs.values[i]);
    for (std::size_t j = 0; j < width; ++j) scaled[j] = root * pairs.vectors[i * width + j];
    scaled_vectors.SetRow(static_cast<int>(i), scaled.data());
  }
  AddGram(1.0, scaled_vectors, rest.data());
  return FactorCholesky(rest, dimension);
}

}  // namespace

std::optional<Eigenpairs> KrylovEigenpairs(std::span<const double> triangle, int dimension,
                                           PairsRequest request) {
  const int most = dimension / 4;
  int guess = std::isinf(request.sum) ? request.count : std::min(request.count, kFirstGuess);
  if (guess > most) return std::nullopt;
  const auto width = static_cast<std::size_t>(dimension);
  double trace = 0;
  for (std::size_t i = 0; i < width; ++i) trace += triangle[TriangleRow(width, i) + i];

  Subspace space(triangle, dimension, RoundingError(dimension, trace) / dimension);
  for (int restarts = 0; restarts < kMaxRestarts;) {
    const int room = 2 * guess + 4 * kBlock;
    if (room > dimension - kBlock) return std::nullopt;
    while (space.size() < room) space.Grow();
    const int keep = guess + (room - guess) / 4;
    space.Solve(keep);

    const Eigen::VectorXd& values = space.values();
    const double floor = RoundingError(dimension, values[0]);
    const auto rank = static_cast<int>(std::count_if(
        values.begin(), values.end(), [floor](double value) { return value > floor; }));
    const std::span<const double> known(values.data(), static_cast<std::size_t>(rank));
    int count = CountRequested(known, request);
    if (count > rank && trace - std::reduce(known.begin(), known.end()) <= dimension * floor) {
      count = rank;  // nothing is left to be found
    }
    if (count > guess) {
      if (guess == most) return std::nullopt;
      // Either enough values are in sight, or half as many vectors again may show them.
      const int better = count <= rank ? count : std::max(guess + kBlock, space.size() * 3 / 4);
      guess = std::min(better, most);
      continue;
    }
    if (Converged(space, count)) {
      Eigenpairs pairs;
      pairs.values.assign(values.begin(), values.begin() + count);
      pairs.vectors.assign(
          space.vectors().begin(),
          space.vectors().begin() + static_cast<std::ptrdiff_t>(count) * dimension);
      if (!NoneMissing(triangle, dimension, pairs)) return std::nullopt;
      return pairs;
    }
    space.Restart();
    ++restarts;
  }
  return std::nullopt;
}

}  // namespace verger
