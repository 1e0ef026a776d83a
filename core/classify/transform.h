// transform.h: the transform of features before they are classified.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace verger {

enum class Transform {
  kNone,
  // The square root of each number, its sign kept, then length 1 (a row of zeros stays). Features
  // behind a ReLU have few large values and many small ones; the root brings them nearer to the
  // normal distributions that discriminant analysis expects.
  // Source: Arandjelovic and Zisserman (2012), RootSIFT.
  kRoot
};

std::string_view NameOf(Transform transform);  // "none", "root"
std::optional<Transform> TransformNamed(std::string_view name);

// Shape: row-major, rows of `dimension`; in place.
void Apply(Transform transform, int dimension, std::span<float> rows);

}  // namespace verger
