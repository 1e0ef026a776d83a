#include "core/image/jpeg_small.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "core/image/jpeg_decoder.h"
#include "core/image/test_photos.h"

namespace verger {
namespace {

constexpr int kScans = 100;

std::optional<Image> Small(Bytes photo, int divisor) {
  StrayBytes stray;
  JpegDecoder decoder(photo, kScans, 0, stray);
  if (!decoder.ReadHeader()) return std::nullopt;
  const std::optional<JpegFrame> frame = decoder.Frame();
  return frame ? DecodeSmallJpeg(photo, *frame, divisor, kScans) : std::nullopt;
}

// The same by libjpeg.
Image SmallByLibjpeg(Bytes photo, int divisor) {
  StrayBytes stray;
  JpegDecoder decoder(photo, kScans, 0, stray);
  EXPECT_TRUE(decoder.ReadHeader());
  decoder.ScaleBy(divisor);
  EXPECT_TRUE(decoder.Start());
  Image image{decoder.size(), std::vector<std::uint8_t>(ByteCount(decoder.size()))};
  const std::size_t row = std::size_t{3} * image.size.width;
  std::vector<std::uint8_t> rows(row * (image.size.height + JpegDecoder::kRows));
  for (int y = 0; y < image.size.height;) {
    const int read = decoder.ReadRows(rows.data() + row * y, row);
    EXPECT_GT(read, 0);
    if (read == 0) break;
    y += read;
  }
  std::copy_n(rows.begin(), image.pixels.size(), image.pixels.begin());
  return image;
}

double MeanDifference(const Image& a, const Image& b) {
  EXPECT_EQ(a.size, b.size);
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i) {
    sum += std::abs(a.pixels[i] - b.pixels[i]);
  }
  return sum / static_cast<double>(a.pixels.size());
}

// Light and colour that change slowly: a small image has nearly the same, however it is made.
Image SmoothImage(Size size) {
  Image image{size, std::vector<std::uint8_t>(ByteCount(size))};
  std::size_t at = 0;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        image.pixels[at++] = static_cast<std::uint8_t>(60 + x % 100 + (c + 1) * (y % 40) / 2);
      }
    }
  }
  return image;
}

Image NoiseImage(Size size) {
  Image image{size, std::vector<std::uint8_t>(ByteCount(size))};
  std::uint32_t state = 7;
  for (std::uint8_t& byte : image.pixels) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return image;
}

constexpr JpegSampling kSamplings[] = {{1, 1}, {2, 1}, {2, 2}, {1, 2}};

TEST(JpegSmallTest, EverySamplingSizeAndScaleIsNearLibjpegs) {
  for (const JpegSampling sampling : kSamplings) {
    for (const Size size : {Size{8, 8}, Size{17, 33}, Size{100, 64}, Size{321, 203}}) {
      for (const unsigned restart : {0U, 1U, 3U}) {
        for (const bool progressive : {false, true}) {
          const Photo photo = EncodeJpeg(SmoothImage(size).view(), sampling, restart, progressive);
          for (const int divisor : {2, 4, 8}) {
            const std::optional<Image> image = Small(photo, divisor);
            ASSERT_TRUE(image) << sampling.across << " " << sampling.down << ", " << divisor;
            EXPECT_LT(MeanDifference(*image, SmallByLibjpeg(photo, divisor)), 3);
          }
        }
      }
    }
  }
}

TEST(JpegSmallTest, HowAJpegIsCodedDoesNotShowInItsPixels) {
  for (const JpegSampling sampling : kSamplings) {
    const Image image = NoiseImage({131, 77});
    const Photo sequential = EncodeJpeg(image.view(), sampling, 0, false);
    for (const int divisor : {2, 4, 8}) {
      const std::optional<Image> expected = Small(sequential, divisor);
      ASSERT_TRUE(expected);
      for (const unsigned restart : {0U, 2U}) {
        for (const bool progressive : {false, true}) {
          const auto other =
              Small(EncodeJpeg(image.view(), sampling, restart, progressive), divisor);
          ASSERT_TRUE(other);
          EXPECT_EQ(other->pixels, expected->pixels);
        }
      }
    }
  }
}

TEST(JpegSmallTest, AnEighthIsTheMeanOfEachBlock) {
  Image image = TestImage({64, 40});
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i + 1] = image.pixels[i + 2] = image.pixels[i] /= 2;
  }
  const std::optional<Image> small = Small(EncodeJpeg(image.view(), {1, 1}, 0, false, 100), 8);
  ASSERT_TRUE(small);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 8; ++x) {
      int sum = 0;
      for (int i = 0; i < 64; ++i) {
        sum += image.pixels[std::size_t{3} * ((8 * y + i / 8) * 64 + 8 * x + i % 8)];
      }
      EXPECT_NEAR(small->pixels[std::size_t{3} * (y * 8 + x)], sum / 64.0, 1.1) << x << " " << y;
    }
  }
}

TEST(JpegSmallTest, WhatIsNotForItGoesToLibjpeg) {
  const Image image = TestImage({40, 40});
  for (const bool progressive : {false, true}) {
    EXPECT_FALSE(Small(EncodeJpeg(image.view(), progressive, true), 2));  // arithmetic
    // Light to colour of 4 to 1: of 1/2 a block of colour would have 16 pixels.
    const Photo wide = EncodeJpeg(image.view(), {4, 1}, 0, progressive);
    EXPECT_FALSE(Small(wide, 2));
    EXPECT_TRUE(Small(wide, 4));
  }
  EXPECT_FALSE(Small(EncodeJpegOf190Scans(image.view()), 2));  // more than kScans
}

// A verdict is libjpeg's alone: whatever is not quite right is left to it.
TEST(JpegSmallTest, NoByteMayBeMissingOrTooMany) {
  for (const bool progressive : {false, true}) {
    const Photo photo = EncodeJpeg(TestImage({40, 30}).view(), {2, 2}, 2, progressive);
    ASSERT_TRUE(Small(photo, 4));
    for (std::size_t size = 2; size < photo.size(); ++size) {
      const Photo cut(photo.begin(), photo.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(Small(cut, 4)) << size;
    }
    // From the first scan on, but for the numbers of its header.
    std::ptrdiff_t scan = 0;
    while (photo[scan] != std::byte{0xFF} || photo[scan + 1] != std::byte{0xDA}) ++scan;
    for (std::ptrdiff_t at = scan + 14; at + 2 < std::ssize(photo); ++at) {
      Photo without = photo;
      without.erase(without.begin() + at);
      Photo with = photo;
      with.insert(with.begin() + at, std::byte{0x5A});
      for (const Photo& damaged : {without, with}) {
        const Result<Image> exact = Decode(damaged);
        EXPECT_TRUE(exact || !Small(damaged, 4)) << at;
      }
    }
  }
}

TEST(JpegSmallTest, BytesBehindTheEndAreNoMatter) {
  Photo photo = EncodeJpeg(TestImage({40, 30}).view());
  photo.resize(photo.size() + 100);
  EXPECT_TRUE(Small(photo, 4));
}

}  // namespace
}  // namespace verger
