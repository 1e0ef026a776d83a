#include "core/pca/moments_memory.h"

#include <fmt/core.h>

#include <string>

#include "core/pca/triangle.h"

namespace verger {
namespace {

// In bytes. Doubles, for their products may pass what integers hold.
double Needed(int dimension, int copies) {
  return 8.0 * copies * static_cast<double>(TriangleSize(static_cast<std::size_t>(dimension)));
}

Error TooWide(int dimension, double needed, const std::string& there) {
  return Error{Code::kInternal,
               fmt::format("features of {} numbers need {:.1f} GB of memory for their moments{}: "
                           "use a network with fewer features, or a machine with more memory",
                           dimension, needed / 1e9, there)};
}

}  // namespace

Status RequireMemoryForMoments(int dimension, int copies, std::uint64_t available) {
  const double needed = Needed(dimension, copies);
  const auto there = static_cast<double>(available);
  if (needed <= there) return Ok();
  return TooWide(dimension, needed, fmt::format(" and {:.1f} GB are there", there / 1e9));
}

Error NoMemoryForMoments(int dimension) { return TooWide(dimension, Needed(dimension, 1), ""); }

}  // namespace verger
