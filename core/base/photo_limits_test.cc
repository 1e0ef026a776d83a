#include "core/base/photo_limits.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

TEST(PhotoLimits, ARejectMayPassWithALimitAboveTheOneThatItNames) {
  const std::string pixels = MoreThanMaxPixels("PNG: 40 x 30 pixels", 1000);
  EXPECT_EQ(pixels, "PNG: 40 x 30 pixels, more than --max-pixels 1000");
  EXPECT_FALSE(MayPassWith(pixels, {.max_pixels = 1000}));
  EXPECT_TRUE(MayPassWith(pixels, {.max_pixels = 1001}));
  const std::string bytes = MoreThanMaxBytes(2000, 1000);
  EXPECT_EQ(bytes, "too large: 2000 bytes, more than --max-bytes 1000");
  EXPECT_FALSE(MayPassWith(bytes, {.max_bytes = 1000}));
  EXPECT_TRUE(MayPassWith(bytes, {.max_bytes = 1001}));
}

TEST(PhotoLimits, OtherRejectsMayNot) {
  for (const char* error : {"", "JPEG: ends before its last row", ", more than --max-pixels ",
                            "x, more than --max-pixels 1 y", "x, more than --max-bytes one"}) {
    EXPECT_FALSE(MayPassWith(error, {kMostPhotoBytes, kMostPhotoPixels})) << error;
  }
}

}  // namespace
}  // namespace verger
