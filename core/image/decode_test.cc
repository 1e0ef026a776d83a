#include "core/image/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/image/test_photos.h"
#include "core/image/upright.h"

namespace verger {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

constexpr Size kSize{37, 23};

Image Decoded(const Photo& photo) {
  Result<Image> image = Decode(photo);
  EXPECT_TRUE(image) << image.error().message;
  return image ? *std::move(image) : Image{};
}

std::string Reason(const Photo& photo, const DecodeLimits& limits = {}) {
  const Result<Image> image = Decode(photo, limits);
  EXPECT_FALSE(image);
  if (image) {
    return {};
  }
  EXPECT_EQ(image.error().code, Code::kBadPhoto);
  EXPECT_EQ(image.error().message.find('\n'), std::string::npos);
  return image.error().message;
}

TEST(DecodeTest, LosslessFormatsGiveTheirPixels) {
  const Image image = TestImage(kSize);
  for (const Photo& photo :
       {EncodePng(image.view()), EncodePng(image.view(), true), EncodeWebp(image.view())}) {
    const Image decoded = Decoded(photo);
    EXPECT_EQ(decoded.size, kSize);
    EXPECT_EQ(decoded.pixels, image.pixels);
  }
}

TEST(DecodeTest, AConstantImageStaysConstant) {
  Image image = TestImage(kSize);
  std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{128});
  for (const Photo& photo : {EncodeJpeg(image.view()), EncodeJpeg(image.view(), true),
                             EncodeWebp(image.view(), false)}) {
    EXPECT_EQ(Decoded(photo).pixels, image.pixels);
  }
}

TEST(DecodeTest, OrientationIsAppliedInEveryFormat) {
  const Image image = TestImage(kSize);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string exif = ExifBlock(orientation, orientation % 2 == 0);
    const Photo png = WithPngChunk(EncodePng(image.view()), "eXIf", exif.substr(6));
    EXPECT_EQ(Decoded(png).pixels, Upright(image, orientation).pixels) << orientation;
    const Photo jpeg = EncodeJpeg(image.view());
    EXPECT_EQ(Decoded(WithJpegSegment(jpeg, 0xE1, exif)).pixels,
              Upright(Decoded(jpeg), orientation).pixels)
        << orientation;
  }
}

TEST(DecodeTest, BrokenMetadataNeverLosesAPhoto) {
  const Image image = TestImage(kSize);
  const std::string exif = ExifBlock(6);
  const Photo jpeg = EncodeJpeg(image.view());
  const Photo png = EncodePng(image.view());
  for (std::size_t length = 0; length < exif.size() - 7; ++length) {
    EXPECT_EQ(Decoded(WithJpegSegment(jpeg, 0xE1, exif.substr(0, length))).size, kSize);
    EXPECT_EQ(Decoded(WithPngChunk(png, "eXIf", exif.substr(0, length))).size, kSize);
  }
  EXPECT_EQ(Decoded(WithPngChunk(png, "iCCP", "no profile")).pixels, image.pixels);
  EXPECT_EQ(Decoded(WithPngChunk(png, "zTXt", "x\0\0no deflate"s)).pixels, image.pixels);
  EXPECT_EQ(Decoded(WithPngChunk(png, "tEXt", "k\0"s + std::string(5 << 20, 'x'))).pixels,
            image.pixels);
}

TEST(DecodeTest, LimitsHoldBeforePixelsAreAllocated) {
  const Image image = TestImage(kSize);
  const DecodeLimits few_pixels{.max_pixels = 36 * 23};
  const DecodeLimits short_side{.max_side = 36};
  const DecodeLimits few_bytes{.max_bytes = 10};
  for (const Photo& photo :
       {EncodeJpeg(image.view()), EncodePng(image.view()), EncodeWebp(image.view())}) {
    EXPECT_THAT(Reason(photo, few_pixels), HasSubstr("37 x 23 pixels, the most allowed is 828"));
    EXPECT_THAT(Reason(photo, short_side), HasSubstr("the longest side allowed is 36"));
    EXPECT_THAT(Reason(photo, few_bytes), HasSubstr("the most allowed is 10"));
  }
}

TEST(DecodeTest, ScansAreCountedBeforeTheyAreDecoded) {
  const Photo photo = EncodeJpeg(TestImage(kSize).view(), true);
  DecodeLimits limits;
  limits.max_scans = 10;  // what libjpeg writes for colour
  EXPECT_TRUE(Decode(photo, limits));
  limits.max_scans = 9;
  EXPECT_EQ(Reason(photo, limits), "JPEG: more than 9 scans");
}

TEST(DecodeTest, AWarningIsAnError) {
  Photo photo = EncodeJpeg(TestImage(kSize).view());
  photo.insert(photo.end() - 2, 100, std::byte{0x55});
  EXPECT_THAT(Reason(photo), HasSubstr("extraneous bytes before marker 0xd9"));
}

TEST(DecodeTest, AWarningThatIsNotAboutPixelsIsNone) {
  const Image image = TestImage(kSize);
  Photo photo = EncodeJpeg(image.view());
  ASSERT_EQ(photo[11], std::byte{1});  // major version of JFIF
  photo[11] = std::byte{9};
  EXPECT_EQ(Decoded(photo).size, kSize);
}

TEST(DecodeTest, ContentDecidesNotTheName) {
  EXPECT_EQ(Reason(ToPhoto("<html></html>")), "this is HTML, not a photo");
  EXPECT_EQ(Reason({}), "the file is empty");
}

}  // namespace
}  // namespace verger
