#include "core/image/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "core/base/test_targets.h"
#include "core/image/resize_kernels.h"
#include "core/image/resize_scalar.h"
#include "core/image/test_photos.h"

namespace verger {
namespace {

using testing::HasSubstr;

constexpr Filter kFilters[] = {Filter::kNearest, Filter::kBox,     Filter::kBilinear,
                               Filter::kHamming, Filter::kBicubic, Filter::kLanczos};

std::vector<std::uint8_t> Resized(ImageView image, Size target, Filter filter) {
  std::vector<std::uint8_t> out(ByteCount(target), 77);
  EXPECT_TRUE(Resize(image, target, filter, out));
  return out;
}

Image Noise(Size size, unsigned seed) {
  std::mt19937 random(seed);
  Image image{size, std::vector<std::uint8_t>(ByteCount(size))};
  // Black and white drive bicubic sums furthest beyond 0 and 255.
  std::generate(image.pixels.begin(), image.pixels.end(), [&] {
    return static_cast<std::uint8_t>(random() % 2 == 0 ? random() % 256 : random() % 2 * 255);
  });
  return image;
}

TEST(ResizeTest, AConstantImageStaysConstant) {
  for (const int value : {0, 1, 127, 255}) {
    for (const Size source : {Size{1, 1}, Size{7, 31}, Size{100, 100}}) {
      const Image image{source, std::vector<std::uint8_t>(ByteCount(source), value)};
      for (const Size target : {Size{1, 1}, Size{224, 224}, Size{13, 300}, Size{50, 3}}) {
        for (const Filter filter : kFilters) {
          const std::vector<std::uint8_t> constant(ByteCount(target), value);
          EXPECT_TRUE(Resized(image.view(), target, filter) == constant) << value;
        }
      }
    }
  }
}

TEST(ResizeTest, TheSameSizeIsACopy) {
  const Image image = Noise({31, 17}, 1);
  EXPECT_EQ(Resized(image.view(), image.size, Filter::kBicubic), image.pixels);
}

// Pillow 13.0.0: Image.fromarray(a).resize((5, 2), BICUBIC), a[y, x, c] as in TestImage (4, 4).
TEST(ResizeTest, EqualsPillowOnAnExample) {
  EXPECT_EQ(
      Resized(TestImage({4, 4}).view(), {5, 2}, Filter::kBicubic),
      (std::vector<std::uint8_t>{6,  45, 83, 9,  49, 88, 14, 54, 94,  18, 59, 99,  21, 63, 104,
                                 27, 59, 92, 30, 63, 97, 35, 68, 103, 39, 73, 108, 42, 77, 113}));
}

TEST(ResizeTest, WeightsSumToOneAndSplitExactly) {
  for (const int source : {1, 2, 3, 100, 1000, 65500}) {
    for (const int target : {1, 2, 5, 224, 1001}) {
      for (const Filter kind : kFilters) {
        const ResizeFilter filter = MakeResizeFilter(source, target, 0, target, kind);
        ASSERT_EQ(filter.targets(), target);
        for (int i = 0; i < target; ++i) {
          ASSERT_GE(filter.first[i], 0);
          ASSERT_GT(filter.count[i], 0);
          ASSERT_LE(filter.count[i], filter.stride);
          ASSERT_LE(filter.first[i] + filter.count[i], source);
          std::int64_t sum = 0;
          for (int t = 0; t < filter.stride; ++t) {
            const std::size_t at = static_cast<std::size_t>(i) * filter.stride + t;
            ASSERT_EQ(filter.weights[at], filter.high[at] * (1 << kLowBits) + filter.low[at]);
            sum += filter.weights[at];
          }
          // Each weight is rounded by at most half.
          ASSERT_NEAR(static_cast<double>(sum), 1 << kWeightBits, 0.5 * filter.count[i]);
        }
      }
    }
  }
}

TEST(ResizeTest, BadCallsAreRefused) {
  const Image image = TestImage({4, 4});
  std::vector<std::uint8_t> out(ByteCount({2, 2}));
  const auto reason = [&](ImageView from, Size target) {
    const Status status = Resize(from, target, Filter::kBicubic, out);
    EXPECT_FALSE(status);
    return status ? std::string() : status.error().message;
  };
  EXPECT_THAT(reason(image.view(), {0, 2}), HasSubstr("0 x 2 is no image"));
  EXPECT_THAT(reason({{4, -1}, image.pixels}, {2, 2}), HasSubstr("4 x -1 is no image"));
  EXPECT_THAT(reason({{4, 5}, image.pixels}, {2, 2}), HasSubstr("48 bytes of pixels, give 60"));
  EXPECT_THAT(reason(image.view(), {3, 2}), HasSubstr("room for 12 bytes, give 18"));
}

// Every kernel that this processor can run gives the bytes of the scalar one.
TEST(KernelTest, AcrossEqualsScalar) {
  OnEveryTarget([] {
    for (const int width : {1, 2, 3, 5, 16, 17, 100, 333}) {
      for (const int target : {1, 2, 3, 7, 8, 33, 224}) {
        for (const int rows : {1, 3, 4, 9}) {
          const ResizeFilter filter = MakeResizeFilter(width, target, 0, target, Filter::kBicubic);
          Image image = Noise({width, rows}, static_cast<unsigned>(width * target + rows));
          image.pixels.resize(image.pixels.size() + kReadAhead);
          // One byte more than the pixels, to see that it is left alone.
          std::vector<std::uint8_t> expected(ByteCount({target, rows}) + 1, 7);
          std::vector<std::uint8_t> actual = expected;
          const std::size_t in_stride = std::size_t{3} * width;
          const std::size_t out_stride = std::size_t{3} * target;
          ScalarResizeAcross(image.pixels.data(), in_stride, rows, filter, expected.data(),
                             out_stride);
          ResizeAcross(image.pixels.data(), in_stride, rows, filter, actual.data(), out_stride);
          ASSERT_EQ(actual, expected) << width << " to " << target << ", " << rows << " rows";
        }
      }
    }
  });
}

TEST(KernelTest, DownEqualsScalar) {
  OnEveryTarget([] {
    for (const int height : {1, 2, 3, 17, 100}) {
      for (const int target : {1, 2, 7, 64, 224}) {
        for (const int width : {1, 2, 5, 6, 10, 11, 21, 22, 43, 50}) {
          const ResizeFilter filter = MakeResizeFilter(height, target, 0, target, Filter::kBicubic);
          const Image image =
              Noise({width, height}, static_cast<unsigned>(height * target + width));
          std::vector<std::uint8_t> expected(ByteCount({width, target}) + 1, 7);
          std::vector<std::uint8_t> actual = expected;
          const std::size_t row = std::size_t{3} * width;
          ScalarResizeDown(image.pixels.data(), row, filter, expected.data());
          ResizeDown(image.pixels.data(), row, filter, actual.data());
          ASSERT_EQ(actual, expected) << height << " to " << target << ", " << width << " wide";
        }
      }
    }
  });
}

TEST(KernelTest, WholeResizesEqualOnEveryTarget) {
  const Image image = Noise({113, 87}, 5);
  for (const Size target : {Size{224, 224}, Size{20, 300}, Size{300, 9}, Size{113, 40}}) {
    const std::vector<std::uint8_t> expected = Resized(image.view(), target, Filter::kBilinear);
    OnEveryTarget([&] {
      EXPECT_EQ(Resized(image.view(), target, Filter::kBilinear), expected) << target.width;
    });
  }
}

}  // namespace
}  // namespace verger
