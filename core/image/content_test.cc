#include "core/image/content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/image/test_photos.h"

namespace verger {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;

TEST(ContentTest, IsToldByTheFirstBytes) {
  EXPECT_EQ(SniffContent(ToPhoto("\xff\xd8\xff\xe0"sv)), Content::kJpeg);
  EXPECT_EQ(SniffContent(ToPhoto("\x89PNG\r\n\x1a\n"sv)), Content::kPng);
  EXPECT_EQ(SniffContent(ToPhoto("RIFF\x04\0\0\0WEBP"sv)), Content::kWebp);
  EXPECT_EQ(SniffContent(ToPhoto("RIFF\x04\0\0\0WAVE"sv)), Content::kOther);
  EXPECT_EQ(SniffContent(ToPhoto("\xff\xd8"sv)), Content::kOther);
  EXPECT_EQ(SniffContent({}), Content::kOther);
}

TEST(ContentTest, OtherContentIsNamedWithItsRemedy) {
  const auto why = [](std::string_view bytes) { return WhyNotAPhoto(ToPhoto(bytes)); };
  EXPECT_EQ(why(""), "the file is empty");
  EXPECT_EQ(why("\xef\xbb\xbf \n<!DOCTYPE html><html>"), "this is HTML, not a photo");
  EXPECT_EQ(why("<HTML><body>404"), "this is HTML, not a photo");
  EXPECT_EQ(why("<?xml version=\"1.0\"?><Error>"), "this is XML, not a photo");
  EXPECT_EQ(why("<?xml version=\"1.0\"?><svg>"), "SVG is not supported: convert it to PNG");
  EXPECT_EQ(why("GIF89a\x01"), "GIF is not supported: convert it to PNG");
  EXPECT_EQ(
      why("II*\0\x08\0\0\0"sv),
      "TIFF, as the RAW files of most cameras are, is not supported: convert it to JPEG or PNG");
  EXPECT_EQ(
      why("MM\0*\0\0\0\x08"sv),
      "TIFF, as the RAW files of most cameras are, is not supported: convert it to JPEG or PNG");
  for (const std::string_view raw :
       {"FUJIFILMCCD-RAW 0201"sv, "IIU\0\x18\0\0\0"sv, "IIRO\x08\0\0\0"sv, "FOVb\0\0\x02\0"sv,
        "II*\0\x10\0\0\0CR\2\0"sv,
        "\0\0\0\x18"
        "ftypcrx \0\0"sv}) {
    EXPECT_EQ(why(raw), "a camera's RAW file is not supported: convert it to JPEG");
  }
  EXPECT_EQ(why("BM1234"), "BMP is not supported: convert it to PNG");
  EXPECT_EQ(why("\0\0\0\x18"
                "ftypheic\0\0"sv),
            "HEIC is not supported: convert it to JPEG");
  EXPECT_EQ(why("\0\0\0\x18"
                "ftypmif1\0\0"sv),
            "HEIC is not supported: convert it to JPEG");
  EXPECT_EQ(why("\0\0\0\x20"
                "ftypavif\0\0"sv),
            "AVIF is not supported: convert it to JPEG");
  EXPECT_EQ(why("\0\0\0\x20"
                "ftypisom\0\0"sv),
            "this is a video, not a photo");
  EXPECT_THAT(why("version https://git-lfs.github.com/spec/v1"), HasSubstr("git lfs pull"));
  EXPECT_EQ(why("hello"), "not a JPEG, PNG or WebP photo");
}

TEST(ContentTest, SizesAreLimited) {
  const DecodeLimits limits{.max_pixels = 100, .max_side = 20};
  EXPECT_TRUE(CheckSize("JPEG", 10, 10, 100, limits));
  EXPECT_TRUE(CheckSize("JPEG", 20, 5, 100, limits));
  EXPECT_EQ(CheckSize("JPEG", 11, 10, 100, limits).error().message,
            "JPEG: 11 x 10 pixels, more than --max-pixels 100");
  EXPECT_EQ(CheckSize("PNG", 21, 1, 100, limits).error().message,
            "PNG: 21 x 1 pixels, the longest side allowed is 20");
  EXPECT_EQ(CheckSize("PNG", 0, 1, 100, limits).error().message, "PNG: 0 x 1 pixels is no image");
  const DecodeLimits few{.free_pixels = 50, .max_pixels_per_byte = 10};
  EXPECT_TRUE(CheckSize("WebP", 10, 10, 5, few));
  EXPECT_EQ(CheckSize("WebP", 10, 10, 4, few).error().message,
            "WebP: 10 x 10 pixels in 4 bytes: they cannot be there");
  EXPECT_EQ(CheckSize("PNG", 1, 0x7fffffff, 100, limits).error().code, Code::kBadPhoto);
}

}  // namespace
}  // namespace verger
