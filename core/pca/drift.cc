#include "core/pca/drift.h"

#include <fmt/core.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/pca/multiply.h"
#include "core/pca/triangle.h"

namespace verger {

Result<Drift> DriftOf(const Pca& pca, const Moments& fresh) {
  if (fresh.dimension() != pca.dimension || fresh.count() == 0) {
    return Error{Code::kBadFeatures,
                 fmt::format("{} vectors of {} features, where some of {} are to be compared",
                             fresh.count(), fresh.dimension(), pca.dimension)};
  }
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> axes(pca.axes.data(), pca.components, pca.dimension);
  const Eigen::VectorXd shift =
      Eigen::Map<const Eigen::VectorXd>(fresh.mean().data(), pca.dimension) -
      Eigen::Map<const Eigen::VectorXd>(pca.mean.data(), pca.dimension);
  const auto rows = static_cast<double>(fresh.count());

  // Energy about the fitted mean, a row: all of it, and what the axes hold.
  const auto width = static_cast<std::size_t>(pca.dimension);
  double trace = 0;
  for (std::size_t i = 0; i < width; ++i) trace += fresh.scatter()[TriangleRow(width, i) + i];
  const double all = trace / rows + shift.squaredNorm();
  RowMajor images = RowMajor::Zero(pca.dimension, pca.components);
  MultiplySymmetric(fresh.scatter().data(),
                    Panels(pca.dimension, pca.components, {pca.axes.data(), 1, pca.dimension}),
                    images.data());
  const double inside =
      (axes * shift).squaredNorm() + axes.cwiseProduct(images.transpose()).sum() / rows;

  // The first axis has a variance wherever a PCA could be fitted.
  const double total = pca.explained_variance[0] / pca.explained_variance_ratio[0];
  const double explained = std::accumulate(pca.explained_variance_ratio.begin(),
                                           pca.explained_variance_ratio.end(), 0.0);
  Drift drift{.rows = fresh.count(),
              .mean_shift = shift.norm() / std::sqrt(total),
              .residual = all > 0 ? std::clamp(1 - inside / all, 0.0, 1.0) : 0,
              .expected_residual = std::clamp(1 - explained, 0.0, 1.0)};
  drift.refit = drift.mean_shift > std::max(0.25, 3 / std::sqrt(rows)) ||
                drift.residual > 1.25 * drift.expected_residual + 0.02;
  return drift;
}

}  // namespace verger
