#include "core/classify/transform.h"

#include <cassert>
#include <cmath>
#include <cstddef>

namespace verger {

std::string_view NameOf(Transform transform) {
  return transform == Transform::kRoot ? "root" : "none";
}

std::optional<Transform> TransformNamed(std::string_view name) {
  if (name == "none") return Transform::kNone;
  if (name == "root") return Transform::kRoot;
  return std::nullopt;
}

void Apply(Transform transform, int dimension, std::span<float> rows) {
  if (transform == Transform::kNone) return;
  const auto width = static_cast<std::size_t>(dimension);
  assert(rows.size() % width == 0);
  for (std::size_t begin = 0; begin < rows.size(); begin += width) {
    const std::span<float> row = rows.subspan(begin, width);
    // The squares of the roots are the magnitudes themselves.
    double sum = 0;
    for (const float value : row) sum += std::fabs(value);
    if (sum == 0) continue;
    const double scale = 1 / std::sqrt(sum);
    for (float& value : row) {
      const double root = std::sqrt(std::fabs(static_cast<double>(value)));
      value = static_cast<float>(std::copysign(root * scale, value));
    }
  }
}

}  // namespace verger
