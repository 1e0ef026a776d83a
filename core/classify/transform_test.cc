#include "core/classify/transform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace verger {
namespace {

TEST(Transform, RootTakesRootsAndLengthOne) {
  std::vector<float> rows = {9, 0, -16, 0, 0, 0, 4, 4, 4};
  Apply(Transform::kRoot, 3, rows);
  EXPECT_FLOAT_EQ(rows[0], 3 / std::sqrt(25.0F));
  EXPECT_FLOAT_EQ(rows[1], 0);
  EXPECT_FLOAT_EQ(rows[2], -4 / std::sqrt(25.0F));
  for (int j = 3; j < 6; ++j) EXPECT_EQ(rows[static_cast<std::size_t>(j)], 0);
  for (int j = 6; j < 9; ++j) {
    EXPECT_FLOAT_EQ(rows[static_cast<std::size_t>(j)], 1 / std::sqrt(3.0F));
  }
}

TEST(Transform, NoneChangesNothingAndNamesComeBack) {
  std::vector<float> rows = {9, 0, -16};
  Apply(Transform::kNone, 3, rows);
  EXPECT_EQ(rows, (std::vector<float>{9, 0, -16}));
  EXPECT_EQ(TransformNamed(NameOf(Transform::kRoot)), Transform::kRoot);
  EXPECT_EQ(TransformNamed(NameOf(Transform::kNone)), Transform::kNone);
  EXPECT_EQ(TransformNamed("square"), std::nullopt);
}

}  // namespace
}  // namespace verger
