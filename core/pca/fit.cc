#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "core/pca/eigenpairs.h"
#include "core/pca/pca.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

Status Check(const Components& components) {
  const bool counted = components.count >= 1 && components.variance == 0;
  const bool shared = components.count == 0 && components.variance > 0 && components.variance < 1;
  if (counted || shared) return Ok();
  return Error{Code::kBadCall,
               fmt::format("{} components and a variance share of {} were requested: give either a "
                           "count of 1 or more or a share above 0 and below 1",
                           components.count, components.variance)};
}

bool AllFinite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value); });
}

Error TooMany(int requested, int available, const Moments& moments) {
  std::string reason;
  if (available == moments.dimension()) {
    return Error{Code::kBadFeatures, fmt::format("{} components were requested but features of {} "
                                                 "numbers allow at most {}: request {} or fewer",
                                                 requested, available, available, available)};
  }
  if (available == moments.count() - 1) {
    reason = fmt::format("{} photos allow at most {}", moments.count(), available);
  } else {
    reason = fmt::format("the features of {} photos vary in only {} directions", moments.count(),
                         available);
  }
  return Error{
      Code::kBadFeatures,
      fmt::format("{} components were requested but {}: request {} or fewer, or add photos",
                  requested, reason, available)};
}

void FixSign(std::span<double> axis) {
  double largest = 0;
  for (double value : axis) {
    if (std::abs(value) > std::abs(largest)) largest = value;
  }
  if (largest < 0) {
    for (double& value : axis) value = -value;
  }
}

}  // namespace

Result<Pca> Fit(const Moments& moments, const Components& components) {
  VERGER_RETURN_IF_ERROR(Check(components));
  const int dimension = moments.dimension();
  const auto width = static_cast<std::size_t>(dimension);
  if (moments.count() < 2) {
    return Error{Code::kBadFeatures,
                 fmt::format("PCA needs 2 photos or more but has {}: add photos", moments.count())};
  }
  if (!AllFinite(moments.mean()) || !AllFinite(moments.scatter())) {
    return Error{Code::kBadFeatures,
                 "some features are not finite numbers: extract them again without those photos"};
  }
  double total = 0;
  for (std::size_t i = 0; i < width; ++i) total += moments.scatter()[TriangleRow(width, i) + i];
  if (!(total > 0)) {
    return Error{Code::kBadFeatures,
                 fmt::format("all {} photos have the same features, so there is no variance and no "
                             "component: add photos that differ",
                             moments.count())};
  }

  const auto most =
      static_cast<int>(std::min<std::int64_t>(moments.count() - 1, moments.dimension()));
  const bool counted = components.count > 0;
  Eigenpairs pairs = LeadingEigenpairs(
      moments.scatter(), dimension,
      counted
          ? PairsRequest{std::min(components.count, most), std::numeric_limits<double>::infinity()}
          : PairsRequest{most, components.variance * total});
  const auto component_count = static_cast<int>(pairs.values.size());
  if (component_count < components.count && !components.fewer_will_do)
    return TooMany(components.count, component_count, moments);

  Pca pca;
  pca.dimension = dimension;
  pca.components = component_count;
  pca.rows = moments.count();
  pca.mean.assign(moments.mean().begin(), moments.mean().end());
  for (double value : pairs.values) {
    pca.explained_variance.push_back(value / static_cast<double>(moments.count() - 1));
    pca.explained_variance_ratio.push_back(value / total);
  }
  pca.axes = std::move(pairs.vectors);
  for (std::size_t i = 0; i < pairs.values.size(); ++i) {
    FixSign(std::span(pca.axes).subspan(i * width, width));
  }
  return pca;
}

}  // namespace verger
