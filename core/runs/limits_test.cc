#include "core/runs/limits.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace verger {
namespace {

constexpr std::int64_t kFew = 512 * 1024;

TEST(PartRows, AreThoseOfAKillUpToHalfAMillionPhotos) {
  for (const std::int64_t photos : {std::int64_t{0}, std::int64_t{1}, std::int64_t{512}, kFew}) {
    EXPECT_EQ(PartRows(photos, 2048), 512) << photos;
  }
}

TEST(PartRows, GrowSoThatPartsStayAThousand) {
  EXPECT_EQ(PartRows(kFew + 1, 2048), 513);
  EXPECT_EQ(PartRows(2 * kFew, 2048), 1024);
  for (std::int64_t photos = kFew; photos < 16 * kFew; photos += 999'983) {
    const std::int64_t rows = PartRows(photos, 1280);
    EXPECT_LE((photos + rows - 1) / rows, 1024) << photos;
  }
}

TEST(PartRows, NeverMakeMoreThan128MiBOfFeatures) {
  constexpr std::int64_t kMany = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(PartRows(kMany, 2048), 16 * 1024);
  EXPECT_EQ(PartRows(kMany, 1280), (128 << 20) / (4 * 1280));
}

TEST(PartRows, NeverFallBelowTheLeast) {
  EXPECT_EQ(PartRows(100 * kFew, kMaxDimension), 512);  // exactly 128 MiB
  EXPECT_EQ(PartRows(100 * kFew, 2 * kMaxDimension), 512);
}

TEST(OutputBytes, AreTwiceTheFeaturesAndALittle) {
  EXPECT_EQ(OutputBytes(1000, 2048), 2 * 1000 * (8192 + 300));
}

}  // namespace
}  // namespace verger
