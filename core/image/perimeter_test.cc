#include "core/image/perimeter.h"

#include <gtest/gtest.h>

#include <numbers>

namespace verger {
namespace {

Mask Disc(double radius, double shift) {
  const int side = static_cast<int>(2 * radius) + 4;
  Mask mask({side, side}, 0);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double across = x - side / 2 - shift;
      const double down = y - side / 2 + shift;
      if (across * across + down * down <= radius * radius) mask.values[mask.Index(x, y)] = 1;
    }
  }
  return mask;
}

TEST(PerimeterTest, OfADisc) {
  for (double radius = 10; radius < 120; radius += 1.3) {
    for (const double shift : {0.0, 0.25, 0.5}) {
      const double expected = 2 * std::numbers::pi * radius;
      const double bound = (radius < 50 ? 0.02 : 0.005) * expected;
      EXPECT_NEAR(Perimeter(Disc(radius, shift)), expected, bound) << radius << ", " << shift;
    }
  }
}

TEST(PerimeterTest, OfABarIsThereAndBack) {
  Mask bar({300, 12}, 0);
  for (int y = 1; y < 11; ++y) {
    for (int x = 40; x < 240; ++x) bar.values[bar.Index(x, y)] = 1;
  }
  EXPECT_NEAR(Perimeter(bar), 420, 8);
}

TEST(PerimeterTest, TheImagesBorderIsAnOutline) {
  const Mask whole({60, 40}, 1);
  EXPECT_NEAR(Perimeter(whole), 200, 4);
  EXPECT_EQ(Perimeter(Mask({60, 40}, 0)), 0);
}

TEST(PerimeterTest, AHoleHasOneToo) {
  Mask ring = Disc(50, 0);
  const Mask hole = Disc(20, 0);
  const int shift = ring.size.width / 2 - hole.size.width / 2;
  for (int y = 0; y < hole.size.height; ++y) {
    for (int x = 0; x < hole.size.width; ++x) {
      if (hole.At(x, y) != 0) ring.values[ring.Index(x + shift, y + shift)] = 0;
    }
  }
  EXPECT_NEAR(Perimeter(ring), 2 * std::numbers::pi * 70, 5);
}

}  // namespace
}  // namespace verger
