#include "core/classify/discriminants.h"

#include <fmt/core.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/pca/cholesky.h"
#include "core/pca/multiply.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

// Eigenvalues of a Gram matrix below this share of the largest are rounding.
constexpr double kLeastShare = 1e-12;
// Rows widened at a time.
constexpr std::size_t kBlock = 256;

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Means of labels less their own mean; (labels, dimension), row-major.
struct Means {
  std::vector<double> centre;
  std::vector<double> rows;
};

Means CentredMeans(const ClassMoments& moments) {
  const auto width = static_cast<std::size_t>(moments.dimension());
  Means means{std::vector<double>(width), {}};
  const auto count = static_cast<double>(moments.labels().size());
  for (const auto& [name, label] : moments.labels()) {
    for (std::size_t j = 0; j < width; ++j) means.centre[j] += label.mean[j] / count;
  }
  for (const auto& [name, label] : moments.labels()) {
    for (std::size_t j = 0; j < width; ++j) means.rows.push_back(label.mean[j] - means.centre[j]);
  }
  return means;
}

Result<std::vector<double>> ShrunkCovariance(const ClassMoments& moments, double shrinkage) {
  const auto width = static_cast<std::size_t>(moments.dimension());
  const std::span<const double> scatter = moments.scatter();
  double trace = 0;
  for (std::size_t i = 0; i < width; ++i) trace += scatter[TriangleRow(width, i) + i];
  if (!std::isfinite(trace)) {
    return Error{Code::kBadFeatures,
                 "some features are not finite numbers: extract them again without those photos"};
  }
  if (!(trace > 0)) {
    return Error{Code::kBadFeatures,
                 "photos of one label all have the same features: add photos that differ"};
  }
  const double scale = 1 / static_cast<double>(moments.count());
  std::vector<double> shrunk = ZeroTriangle(width);
  std::transform(scatter.begin(), scatter.end(), shrunk.begin(),
                 [&](double value) { return value * ((1 - shrinkage) * scale); });
  const double diagonal = shrinkage * trace * scale / static_cast<double>(width);
  for (std::size_t i = 0; i < width; ++i) shrunk[TriangleRow(width, i) + i] += diagonal;
  return shrunk;
}

// Axes from the means `rows` and `solved`, the inverse covariance times each of them.
void Span(const Means& means, const std::vector<double>& solved, std::size_t width,
          Discriminants* all) {
  const auto labels = static_cast<Eigen::Index>(solved.size() / width);
  const auto columns = static_cast<Eigen::Index>(width);
  const Eigen::Map<const Matrix> rows(means.rows.data(), labels, columns);
  const Eigen::Map<const Matrix> inverse(solved.data(), labels, columns);
  const Matrix gram = rows * inverse.transpose();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen((gram + gram.transpose()) / 2);
  const double least = kLeastShare * std::max(eigen.eigenvalues()[labels - 1], 0.0);
  DiscriminantSpace& space = all->space;
  for (Eigen::Index i = labels - 1; i >= 0 && eigen.eigenvalues()[i] > least; --i) {
    ++space.components;
  }
  const Eigen::Index components = space.components;
  const Eigen::VectorXd roots = eigen.eigenvalues().tail(components).reverse().cwiseSqrt();
  const Matrix vectors = eigen.eigenvectors().rightCols(components).rowwise().reverse();
  const Matrix axes = roots.cwiseInverse().asDiagonal() * vectors.transpose() * inverse;
  const Matrix places = vectors * roots.asDiagonal();
  space.axes.assign(axes.data(), axes.data() + axes.size());
  space.means.assign(places.data(), places.data() + places.size());
  for (Eigen::Index i = 0; i < components; ++i) {
    double sum = 0;
    for (Eigen::Index j = 0; j < columns; ++j) {
      sum += axes(i, j) * means.centre[static_cast<std::size_t>(j)];
    }
    space.offset.push_back(sum);
  }
  for (Eigen::Index i = 0; i < labels; ++i) {
    const double prior = space.log_priors[static_cast<std::size_t>(i)];
    double at_centre = 0;
    for (Eigen::Index j = 0; j < columns; ++j) {
      at_centre += inverse(i, j) * means.centre[static_cast<std::size_t>(j)];
    }
    all->linear.bias.push_back(prior - at_centre - gram(i, i) / 2);
  }
}

}  // namespace

Status RequireLabels(std::size_t labels) {
  if (labels < 2) {
    return Error{Code::kBadFeatures,
                 fmt::format("a classifier needs photos of at least two labels, not {}: put the "
                             "photos of each label into a folder of that name",
                             labels)};
  }
  constexpr std::size_t kMostLabels = 8192;  // beyond, an eigenvalue problem of labels takes hours
  if (labels > kMostLabels) {
    return Error{Code::kBadFeatures,
                 fmt::format("{} labels, but a classifier supports at most {}: put photos into "
                             "folders named by their labels, or use coarser labels",
                             labels, kMostLabels)};
  }
  return Ok();
}

Result<Discriminants> FindDiscriminants(const ClassMoments& moments, double shrinkage) {
  if (!(shrinkage >= 0 && shrinkage <= 1)) {
    return Error{Code::kBadCall,
                 fmt::format("shrinkage {}: give a number from 0 to 1, such as 0.2", shrinkage)};
  }
  VERGER_RETURN_IF_ERROR(RequireLabels(moments.labels().size()));
  VERGER_ASSIGN_OR_RETURN(std::vector<double> shrunk, ShrunkCovariance(moments, shrinkage));
  if (!FactorCholesky(shrunk, moments.dimension())) {
    return Error{Code::kBadFeatures,
                 fmt::format("the features of {} photos do not vary in all directions: choose a "
                             "shrinkage above {}",
                             moments.count(), shrinkage)};
  }
  Discriminants all;
  for (const auto& [name, label] : moments.labels()) {
    all.space.log_priors.push_back(
        std::log(static_cast<double>(label.count) / static_cast<double>(moments.count())));
  }
  const Means means = CentredMeans(moments);
  all.linear.weights = means.rows;
  SolveCholesky(shrunk, moments.dimension(), all.linear.weights);
  Span(means, all.linear.weights, static_cast<std::size_t>(moments.dimension()), &all);
  if (all.space.components == 0) {
    return Error{Code::kBadFeatures,
                 "the photos of all labels have the same mean features, so no classifier can "
                 "distinguish them: check the labels"};
  }
  return all;
}

Panels AxesOf(const DiscriminantSpace& space, int dimension) {
  return {dimension, space.components, {space.axes.data(), 1, dimension}};
}

Panels MeansOf(const DiscriminantSpace& space) {
  const auto labels = static_cast<int>(space.log_priors.size());
  return {space.components, labels, {space.means.data(), 1, space.components}};
}

std::vector<double> Place(const DiscriminantSpace& space, int dimension,
                          std::span<const float> rows) {
  return Place(space, AxesOf(space, dimension), rows);
}

std::vector<double> Place(const DiscriminantSpace& space, const Panels& axes,
                          std::span<const float> rows) {
  const auto width = static_cast<std::size_t>(axes.rows());
  const auto components = static_cast<std::size_t>(space.components);
  const std::size_t count = rows.size() / width;
  std::vector<double> places(count * components);
  std::vector<double> wide(std::min(kBlock, count) * width);
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t block = std::min(kBlock, count - begin);
    std::copy_n(rows.data() + begin * width, block * width, wide.data());
    double* to = places.data() + begin * components;
    for (std::size_t i = 0; i < block; ++i) {
      for (std::size_t k = 0; k < components; ++k) to[i * components + k] = -space.offset[k];
    }
    MultiplyAdd(1.0, static_cast<int>(block), {wide.data(), axes.rows(), 1}, axes, to,
                space.components);
  }
  return places;
}

std::vector<double> SquaredDistances(const DiscriminantSpace& space,
                                     std::span<const double> places) {
  return SquaredDistances(space, MeansOf(space), places);
}

std::vector<double> SquaredDistances(const DiscriminantSpace& space, const Panels& means,
                                     std::span<const double> places) {
  const auto components = static_cast<std::size_t>(space.components);
  const std::size_t labels = space.log_priors.size();
  const std::size_t count = places.size() / components;
  std::vector<double> squares(labels);
  for (std::size_t c = 0; c < labels; ++c) {
    for (std::size_t k = 0; k < components; ++k) {
      const double value = space.means[c * components + k];
      squares[c] += value * value;
    }
  }
  std::vector<double> distances(count * labels);
  for (std::size_t i = 0; i < count; ++i) {
    double square = 0;
    for (std::size_t k = 0; k < components; ++k) {
      square += places[i * components + k] * places[i * components + k];
    }
    for (std::size_t c = 0; c < labels; ++c) distances[i * labels + c] = square + squares[c];
  }
  MultiplyAdd(-2.0, static_cast<int>(count), {places.data(), space.components, 1}, means,
              distances.data(), static_cast<std::ptrdiff_t>(labels));
  for (double& distance : distances) distance = std::max(distance, 0.0);
  return distances;
}

std::vector<double> LdaScores(const DiscriminantSpace& space, std::span<const double> distances) {
  const std::size_t labels = space.log_priors.size();
  std::vector<double> scores(distances.size());
  for (std::size_t i = 0; i < distances.size(); ++i) {
    scores[i] = space.log_priors[i % labels] - distances[i] / 2;
  }
  return scores;
}

}  // namespace verger
