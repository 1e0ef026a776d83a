// Photos for which memory runs out, at each allocation in turn: the right pixels, or a reason that
// lets the next run try again. Never other pixels, and never a reason that blames the photo.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/test_memory.h"
#include "core/image/content.h"
#include "core/image/decode.h"
#include "core/image/resize.h"
#include "core/image/test_photos.h"
#include "core/image/traits.h"

namespace verger {
namespace {

using namespace std::string_literals;

struct Case {
  std::string_view name;
  Photo photo;
};

// ImageMagick's older way to store EXIF.
std::string RawProfileText(std::string_view exif) {
  std::string text = "Raw profile type exif\0\nexif\n"s + std::to_string(exif.size()) + "\n";
  for (const char c : exif) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

Photo CutBy(Photo photo, std::size_t bytes) {
  photo.resize(photo.size() - bytes);
  return photo;
}

// Every decoder, every place of an orientation, and photos that are refused. No lossless WebP:
// libwebp 1.2.4 reads through a null pointer where one of its tables cannot be allocated.
std::vector<Case> Cases() {
  const Image image = TestImage({19, 14});
  const Photo jpeg = EncodeJpeg(image.view());
  const Photo png = EncodePng(image.view());
  const std::string exif = ExifBlock(6);
  const std::string xmp =
      "http://ns.adobe.com/xap/1.0/\0<x xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
      "tiff:Orientation='8'/>"s;
  return {
      {"jpeg", jpeg},
      {"jpeg with EXIF", WithJpegSegment(jpeg, 0xE1, exif)},
      {"jpeg with XMP", WithJpegSegment(jpeg, 0xE1, xmp)},
      {"progressive jpeg", EncodeJpeg(image.view(), true)},
      {"arithmetic jpeg", EncodeJpeg(image.view(), false, true)},
      {"arithmetic progressive jpeg", EncodeJpeg(image.view(), true, true)},
      {"jpeg cut short", CutBy(jpeg, 100)},
      {"jpeg without its end marker", CutBy(jpeg, 2)},
      {"png", png},
      {"png with EXIF", WithPngChunk(png, "eXIf", exif.substr(6))},
      {"png with a raw profile", WithPngChunk(png, "tEXt", RawProfileText(exif))},
      {"png with XMP", WithPngChunk(png, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0"s + xmp.substr(29))},
      {"interlaced png", EncodePng(image.view(), true)},
      {"png cut short", CutBy(png, 40)},
      {"lossy webp", EncodeWebp(image.view(), false)},
      {"webp cut short", CutBy(EncodeWebp(image.view(), false), 40)},
      {"no photo", ToPhoto("<html>")}};
}

// Decodes the photos, exactly or to at least so many pixels.
void DecodeInLittleMemory(Size at_least) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    const Result<Image> expected = Decode(c.photo, {}, at_least);
    std::optional<Result<Image>> decoded;
    const auto decode = [&] {
      decoded.reset();
      try {
        decoded = Decode(c.photo, {}, at_least);
      } catch (const std::bad_alloc&) {  // the extractor's reject: out of memory
        decoded.reset();
      }
    };
    const auto check = [&](bool failed) {
      if (!decoded) {
        EXPECT_TRUE(failed);
      } else if (*decoded) {
        ASSERT_TRUE(expected);
        EXPECT_EQ((*decoded)->size.width, expected->size.width);
        EXPECT_TRUE((*decoded)->pixels == expected->pixels);
      } else if (!failed || !(*decoded).error().message.ends_with(kOutOfMemory)) {
        EXPECT_EQ((*decoded).error().message, expected ? "" : expected.error().message);
      }
    };
    EXPECT_GT(FailEachAllocation(decode, check), expected ? 3 : 0);
  }
}

TEST(MemoryTest, APhotoIsDecodedRightOrMayBeTriedAgain) { DecodeInLittleMemory(kAllPixels); }

TEST(MemoryTest, ASmallerPhotoIsDecodedRightOrMayBeTriedAgain) { DecodeInLittleMemory({4, 3}); }

TEST(MemoryTest, AnImageIsResizedRightOrNotAtAll) {
  const Image image = TestImage({37, 23});
  const Size target{16, 16};
  std::vector<std::uint8_t> expected(ByteCount(target));
  ASSERT_TRUE(Resize(image.view(), target, Filter::kBicubic, expected));
  std::vector<std::uint8_t> pixels(ByteCount(target));
  bool done = false;
  const auto resize = [&] {
    done = false;
    try {
      done = Resize(image.view(), target, Filter::kBicubic, pixels).has_value();
    } catch (const std::bad_alloc&) {
      done = false;
    }
  };
  const auto check = [&](bool failed) {
    EXPECT_TRUE(done || failed);
    EXPECT_TRUE(!done || pixels == expected);
  };
  EXPECT_GT(FailEachAllocation(resize, check), 1);
}

TEST(MemoryTest, TraitsAreMeasuredRightOrMayBeTriedAgain) {
  const Photo photo = EncodePng(TestImage({40, 30}).view());
  const auto expected = MeasurePhoto(photo, {});
  ASSERT_TRUE(expected);
  std::optional<Result<std::optional<Traits>>> measured;
  const auto measure = [&] {
    measured.reset();
    try {
      measured = MeasurePhoto(photo, {});
    } catch (const std::bad_alloc&) {
      measured.reset();
    }
  };
  const auto check = [&](bool failed) {
    if (!measured || !*measured) {
      EXPECT_TRUE(failed);
      if (measured) {
        EXPECT_THAT((*measured).error().message, testing::EndsWith(kOutOfMemory));
      }
    } else {
      EXPECT_EQ((**measured).has_value(), expected->has_value());
    }
  };
  EXPECT_GT(FailEachAllocation(measure, check), 3);
}

}  // namespace
}  // namespace verger
