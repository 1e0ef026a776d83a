#include "core/search/distance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/base/test_targets.h"
#include "core/search/test_rows.h"

namespace verger {
namespace {

constexpr std::size_t kWidths[] = {1, 2, 7, 8, 15, 16, 17, 31, 33, 100, 1280};

TEST(Distance, AgreesWithSumsInLongDoubleOnEveryTarget) {
  std::vector<double> first;  // cosines by the first target: those of all others are the same
  OnEveryTarget([&] {
    std::vector<double> cosines;
    for (const std::size_t width : kWidths) {
      const std::vector<float> a = RandomRows(1, width, 1);
      const std::vector<float> b = RandomRows(1, width, 2);
      long double ab = 0, aa = 0, bb = 0, apart = 0;
      for (std::size_t i = 0; i < width; ++i) {
        const long double x = a[i], y = b[i];
        ab += x * y;
        aa += x * x;
        bb += y * y;
        apart += (x - y) * (x - y);
      }
      const double squares = SquaresOf(a);
      ASSERT_NEAR(squares, static_cast<double>(aa), 1e-12 * squares);
      cosines.push_back(Distance(Metric::kCosine, a, squares, b.data()));
      ASSERT_NEAR(cosines.back(), static_cast<double>(1 - ab / std::sqrt(aa * bb)), 1e-14) << width;
      ASSERT_NEAR(Distance(Metric::kEuclidean, a, squares, b.data()),
                  static_cast<double>(std::sqrt(apart)), 1e-13);
    }
    if (first.empty()) first = cosines;
    ASSERT_EQ(cosines, first);
  });
}

TEST(Distance, OfEqualVectorsIsZero) {
  OnEveryTarget([] {
    for (const std::size_t width : kWidths) {
      for (unsigned seed = 1; seed < 20; ++seed) {
        const std::vector<float> a = RandomRows(1, width, seed);
        const std::vector<float> same = a;
        ASSERT_EQ(Distance(Metric::kCosine, a, SquaresOf(a), same.data()), 0);
        ASSERT_EQ(Distance(Metric::kEuclidean, a, SquaresOf(a), same.data()), 0);
      }
    }
  });
}

TEST(Distance, OfAVectorOfZerosByCosineIsOne) {
  const std::vector<float> zeros(5), some = {1, 2, 3, 4, 5};
  EXPECT_EQ(Distance(Metric::kCosine, zeros, 0, some.data()), 1);
  EXPECT_EQ(Distance(Metric::kCosine, some, SquaresOf(some), zeros.data()), 1);
  EXPECT_EQ(Distance(Metric::kCosine, zeros, 0, zeros.data()), 1);
}

TEST(Distance, HoldsForTheLargestAndTheSmallestFloats) {
  for (const float size : {3e38F, 1e-44F}) {
    const std::vector<float> a = {size, 0}, b = {0, size}, c = {size, size};
    EXPECT_EQ(Distance(Metric::kCosine, a, SquaresOf(a), b.data()), 1);
    EXPECT_NEAR(Distance(Metric::kCosine, a, SquaresOf(a), c.data()), 1 - std::sqrt(0.5), 1e-15);
    EXPECT_NEAR(Distance(Metric::kEuclidean, a, SquaresOf(a), b.data()) / size, std::sqrt(2.0),
                1e-15);
  }
}

}  // namespace
}  // namespace verger
