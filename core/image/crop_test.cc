#include "core/image/crop.h"

#include <gtest/gtest.h>

#include "core/image/test_photos.h"

namespace verger {
namespace {

TEST(CropTest, KeepsThePixelsOfTheWindow) {
  const Image image = TestImage({23, 17});
  for (const Window window : {Window{0, 0, {23, 17}}, Window{2, 3, {11, 9}}, Window{22, 16, {1, 1}},
                              Window{0, 5, {23, 4}}, Window{7, 0, {3, 17}}}) {
    Image part = image;
    Crop(window, part);
    ASSERT_EQ(part.size, window.size);
    ASSERT_EQ(part.pixels.size(), ByteCount(window.size));
    for (int y = 0; y < window.size.height; ++y) {
      for (int x = 0; x < window.size.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          const int from = ((window.top + y) * 23 + window.left + x) * 3 + c;
          ASSERT_EQ(part.pixels[(y * window.size.width + x) * 3 + c], image.pixels[from])
              << x << ", " << y;
        }
      }
    }
  }
}

}  // namespace
}  // namespace verger
