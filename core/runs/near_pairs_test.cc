#include "core/runs/near_pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace verger {
namespace {

constexpr std::size_t kDimension = 12;

// Points in clumps of about 5, as frames of a video are; dimensions of falling variance.
std::vector<float> Clumps(std::size_t count, float offset = 0) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> points, centre(kDimension);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < kDimension; ++k) {
      const float spread = 1 / static_cast<float>(k + 1);
      if (i % 5 == 0) centre[k] = offset + spread * normal(random);
      points.push_back(centre[k] + 0.1F * spread * normal(random));
    }
  }
  return points;
}

std::vector<PointPair> ByAllWithAll(const std::vector<float>& points, double radius) {
  std::vector<PointPair> pairs;
  for (std::uint32_t b = 0; b < points.size() / kDimension; ++b) {
    for (std::uint32_t a = 0; a < b; ++a) {
      double sum = 0;
      for (std::size_t k = 0; k < kDimension; ++k) {
        sum += std::pow(points[a * kDimension + k] - points[b * kDimension + k], 2);
      }
      if (std::sqrt(sum) <= radius) pairs.push_back({a, b});
    }
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

class NearPairsTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(NearPairsTest, FindsWhatAllWithAllFinds) {
  for (const float offset : {0.0F, 30.0F}) {
    const std::vector<float> points = Clumps(GetParam(), offset);
    for (const double radius : {0.0, 0.05, 0.2, 0.5, 2.0, 100.0}) {
      const NearPairs result = FindNearPairs(points, kDimension, {radius, 1'000'000, {}, {}});
      EXPECT_EQ(result.pairs, ByAllWithAll(points, radius)) << radius;
      EXPECT_FALSE(result.too_many);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Counts, NearPairsTest, ::testing::Values(0, 1, 2, 16, 17, 33, 500));

TEST(NearPairsTest, LooksAtFewOfThem) {
  const NearPairs result = FindNearPairs(Clumps(2000), kDimension, {0.2, 1'000'000, {}, {}});
  EXPECT_GT(result.pairs.size(), 1000U);
  EXPECT_LT(result.compared, 2000U * 1999U / 2 / 20);
}

TEST(NearPairsTest, FindsPointsThatAreTheSame) {
  const std::vector<float> points(100 * kDimension, 3.5F);
  const NearPairs result = FindNearPairs(points, kDimension, {0, 1'000'000, {}, {}});
  EXPECT_EQ(result.pairs.size(), 4950U);
}

TEST(NearPairsTest, KeepsOnlyWhatIsWanted) {
  const std::vector<float> points = Clumps(300);
  const auto odd = [](PointPair pair) { return (pair.a + pair.b) % 2 == 1; };
  std::vector<PointPair> expected = ByAllWithAll(points, 0.5);
  std::erase_if(expected, [&](PointPair pair) { return !odd(pair); });
  EXPECT_EQ(FindNearPairs(points, kDimension, {0.5, 1'000'000, odd, {}}).pairs, expected);
}

TEST(NearPairsTest, GivesUpOnTooMany) {
  const std::vector<float> points = Clumps(300);
  const std::size_t there = ByAllWithAll(points, 0.5).size();
  EXPECT_FALSE(FindNearPairs(points, kDimension, {0.5, there, {}, {}}).too_many);
  EXPECT_TRUE(FindNearPairs(points, kDimension, {0.5, there - 1, {}, {}}).too_many);
}

TEST(NearPairsTest, TellsHowFarItIs) {
  std::size_t done = 0;
  FindNearPairs(Clumps(300), kDimension,
                {0.5, 1'000'000, {}, [&](std::size_t points) { done += points; }});
  EXPECT_EQ(done, 300U);
}

}  // namespace
}  // namespace verger
