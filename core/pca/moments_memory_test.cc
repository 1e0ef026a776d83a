#include "core/pca/moments_memory.h"

#include <gtest/gtest.h>

#include <limits>

namespace verger {
namespace {

TEST(RequireMemoryForMoments, CountsTheTriangleOfEachCopy) {
  // 30,000 * 30,001 / 2 doubles.
  constexpr std::uint64_t kOne = 3'600'120'000;
  EXPECT_TRUE(RequireMemoryForMoments(30'000, 1, kOne));
  EXPECT_TRUE(RequireMemoryForMoments(30'000, 2, 2 * kOne));
  EXPECT_FALSE(RequireMemoryForMoments(30'000, 1, kOne - 1));
  EXPECT_FALSE(RequireMemoryForMoments(30'000, 3, 3 * kOne - 1));
  EXPECT_TRUE(RequireMemoryForMoments(1 << 20, 4, std::numeric_limits<std::uint64_t>::max()));
}

TEST(RequireMemoryForMoments, NamesTheRemedy) {
  const Status status = RequireMemoryForMoments(30'000, 2, 4'000'000'000);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "features of 30000 numbers need 7.2 GB of memory for their moments and 4.0 GB are "
            "there: use a network with fewer features, or a machine with more memory");
  EXPECT_EQ(NoMemoryForMoments(30'000).message,
            "features of 30000 numbers need 3.6 GB of memory for their moments: use a network "
            "with fewer features, or a machine with more memory");
}

}  // namespace
}  // namespace verger
