#include "core/image/upright.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "core/image/test_photos.h"

namespace verger {
namespace {

std::vector<int> Red(const Image& image) {
  std::vector<int> red;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    EXPECT_EQ(image.pixels[i] + 1, image.pixels[i + 1]);
    EXPECT_EQ(image.pixels[i] + 2, image.pixels[i + 2]);
    red.push_back(image.pixels[i]);
  }
  return red;
}

// The scene is 1 2 over 3 4 over 5 6, stored in each of the ways that EXIF (2.32, 4.6.4) names.
TEST(UprightTest, EveryOrientationShowsTheSameScene) {
  struct Stored {
    Size size;
    std::vector<int> red;
  };
  const std::array<Stored, 8> stored = {{{{2, 3}, {1, 2, 3, 4, 5, 6}},
                                         {{2, 3}, {2, 1, 4, 3, 6, 5}},
                                         {{2, 3}, {6, 5, 4, 3, 2, 1}},
                                         {{2, 3}, {5, 6, 3, 4, 1, 2}},
                                         {{3, 2}, {1, 3, 5, 2, 4, 6}},
                                         {{3, 2}, {2, 4, 6, 1, 3, 5}},
                                         {{3, 2}, {6, 4, 2, 5, 3, 1}},
                                         {{3, 2}, {5, 3, 1, 6, 4, 2}}}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Stored& photo = stored[orientation - 1];
    Image image{photo.size, {}};
    for (const int red : photo.red) {
      for (int c = 0; c < 3; ++c) {
        image.pixels.push_back(static_cast<std::uint8_t>(red + c));
      }
    }
    const Image upright = Upright(image, orientation);
    EXPECT_EQ(upright.size, (Size{2, 3})) << orientation;
    EXPECT_EQ(Red(upright), (std::vector<int>{1, 2, 3, 4, 5, 6})) << orientation;
  }
}

TEST(UprightTest, TurningThereAndBackChangesNothing) {
  const Image image = TestImage({131, 70});  // more than one square, and parts of squares
  const std::array<int, 8> inverse = {1, 2, 3, 4, 5, 8, 7, 6};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image back = Upright(Upright(image, orientation), inverse[orientation - 1]);
    EXPECT_EQ(back.size, image.size) << orientation;
    EXPECT_EQ(back.pixels, image.pixels) << orientation;
  }
}

}  // namespace
}  // namespace verger
