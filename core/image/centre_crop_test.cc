#include "core/image/centre_crop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "core/image/test_photos.h"

namespace verger {
namespace {

using testing::HasSubstr;

std::string Reason(ImageView image, int shorter, int side) {
  std::vector<std::uint8_t> out(ByteCount({side, side}));
  const Status status = ResizeAndCrop(image, shorter, side, Filter::kBox, out);
  return status ? "" : status.error().message;
}

// What is right elsewhere is held to Pillow: tests/parity/test_resize.py.
TEST(CentreCrop, KeepsTheMiddleOfAnImageOfItsOwnSize) {
  const Image image = TestImage({9, 4});  // 5 columns go, 2 of them at the left
  std::vector<std::uint8_t> out(ByteCount({4, 4}));
  ASSERT_TRUE(ResizeAndCrop(image.view(), 4, 4, Filter::kLanczos, out));
  for (std::size_t row = 0; row < 4; ++row) {
    for (std::size_t byte = 0; byte < 12; ++byte) {
      EXPECT_EQ(out[row * 12 + byte], image.pixels[row * 27 + 6 + byte]);
    }
  }
}

TEST(CentreCrop, RefusesWhatCannotBeCut) {
  const Image image = TestImage({4, 4});
  EXPECT_THAT(Reason(image.view(), 223, 224), HasSubstr("224 x 224 pixels in an image of 223"));
  EXPECT_THAT(Reason({{0, 4}, {}}, 4, 4), HasSubstr("0 x 4 is no image"));
  const std::vector<std::uint8_t> thread(std::size_t{3} * 40'000);
  EXPECT_THAT(Reason({{40'000, 1}, thread}, 65'535, 4),
              HasSubstr("40000 x 1 pixels are too narrow"));
  EXPECT_EQ(Reason({{40'000, 1}, thread}, 4, 4), "");
}

}  // namespace
}  // namespace verger
