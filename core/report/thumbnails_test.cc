#include "core/report/thumbnails.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <span>

#include "core/image/decode.h"
#include "core/image/test_photos.h"

namespace verger {
namespace {

constexpr int kSide = ThumbnailStyle().side;

// Red on the left, green in the middle, blue on the right.
Image ThreeStripes(Size size) {
  Image image{size, std::vector<std::uint8_t>(ByteCount(size))};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      image.pixels[static_cast<std::size_t>(3 * (y * size.width + x) + 3 * x / size.width)] = 255;
    }
  }
  return image;
}

TEST(Thumbnail, IsTheMiddleSquare) {
  const auto thumbnail = MakeThumbnail(EncodePng(ThreeStripes({300, 100}).view()));
  ASSERT_TRUE(thumbnail);
  for (const int pixel : {0, 20, 39, 40 * 40 - 1}) {  // of the middle third, all is green
    const auto at = static_cast<std::size_t>(3 * pixel);
    EXPECT_LT((*thumbnail)[at], 48);
    EXPECT_GT((*thumbnail)[at + 1], 220);
    EXPECT_LT((*thumbnail)[at + 2], 48);
  }
}

TEST(Thumbnail, ComesOfAnyShape) {
  for (const Size size : {Size{1, 1}, {1, 500}, {500, 1}, {40, 40}, {39, 41}, {1200, 900}}) {
    EXPECT_TRUE(MakeThumbnail(EncodeJpeg(TestImage(size).view()))) << size.width;
  }
}

TEST(Thumbnail, OfALargeJpegIsMuchAsOfAllItsPixels) {
  const Image image = ThreeStripes({1600, 1600});
  const auto scaled = MakeThumbnail(EncodeJpeg(image.view()));
  const auto whole = MakeThumbnail(EncodePng(image.view()));
  ASSERT_TRUE(scaled && whole);
  int largest = 0;
  for (std::size_t at = 0; at < whole->size(); ++at) {
    largest = std::max(largest, std::abs((*scaled)[at] - (*whole)[at]));
  }
  EXPECT_LE(largest, 24);
}

TEST(Thumbnail, IsNoneOfWhatIsNoPhoto) {
  EXPECT_FALSE(MakeThumbnail(ToPhoto("<html>")));
  EXPECT_FALSE(MakeThumbnail({}));
}

TEST(Sprite, HasThemRowByRow) {
  std::vector<Thumbnail> thumbnails(7);
  std::vector<const Thumbnail*> all;
  for (std::size_t at = 0; at < thumbnails.size(); ++at) {
    thumbnails[at].assign(3 * kSide * kSide, static_cast<std::uint8_t>(30 * at));
    all.push_back(&thumbnails[at]);
  }
  ASSERT_EQ(SpriteColumns(all.size()), 3);
  const auto sprite = EncodeSprite(all);
  ASSERT_TRUE(sprite);
  const auto image = Decode(std::as_bytes(std::span(*sprite)));
  ASSERT_TRUE(image);
  ASSERT_EQ(image->size, (Size{3 * kSide, 3 * kSide}));
  for (int at = 0; at < 9; ++at) {
    const int x = at % 3 * kSide + kSide / 2;
    const int y = at / 3 * kSide + kSide / 2;
    EXPECT_NEAR(image->pixels[static_cast<std::size_t>(3 * (y * image->size.width + x))],
                at < 7 ? 30 * at : 0x80, 8);
  }
  EXPECT_EQ(*sprite, *EncodeSprite(all));
}

TEST(Sprite, CannotBeLargerThanAWebp) {
  const Thumbnail grey(3 * kSide * kSide);
  EXPECT_FALSE(EncodeSprite(std::vector<const Thumbnail*>(170'000, &grey)));
}

}  // namespace
}  // namespace verger
