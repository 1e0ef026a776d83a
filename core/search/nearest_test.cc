#include "core/search/nearest.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

TEST(Nearest, KeepsTheNearestAndOfEqualsTheFirstRows) {
  const std::vector<Neighbor> rows = {{2, 0}, {1, 5}, {1, 3}, {3, 1}, {1, 4}, {0.5, 9}};
  const std::vector<Neighbor> expected = {{0.5, 9}, {1, 3}, {1, 4}};
  for (std::size_t start = 0; start < rows.size(); ++start) {  // in whichever order they come
    Nearest nearest(3);
    for (std::size_t i = 0; i < rows.size(); ++i) nearest.Add(rows[(start + i) % rows.size()]);
    EXPECT_EQ(nearest.Sorted(), expected);
    EXPECT_EQ(nearest.reach(), 1);
  }
}

TEST(Nearest, ReachesEverywhereUntilItIsFull) {
  Nearest nearest(2);
  nearest.Add({7, 1});
  EXPECT_EQ(nearest.reach(), std::numeric_limits<double>::infinity());
  nearest.Add({8, 2});
  EXPECT_EQ(nearest.reach(), 8);
}

TEST(Nearest, MergesAsIfOneHadSeenAll) {
  Nearest whole(4), left(4), right(4);
  for (std::int64_t row = 0; row < 20; ++row) {
    const Neighbor neighbor{static_cast<double>(row * 7 % 5), row};
    whole.Add(neighbor);
    (row % 3 == 0 ? left : right).Add(neighbor);
  }
  left.Add(right);
  EXPECT_EQ(left.Sorted(), whole.Sorted());
}

TEST(Nearest, OfNoneKeepsNone) {
  Nearest nearest(0);
  nearest.Add({0, 0});
  EXPECT_TRUE(nearest.Sorted().empty());
  EXPECT_LT(nearest.reach(), 0);
}

}  // namespace
}  // namespace verger
