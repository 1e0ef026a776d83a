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
  Result<Image> image = DecodeAtEveryScale(photo);
  EXPECT_TRUE(image) << image.error().message;
  return image ? *std::move(image) : Image{};
}

std::string Reason(const Photo& photo, const DecodeLimits& limits = {}) {
  const Result<Image> image = DecodeAtEveryScale(photo, limits);
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
    for (const int side : {1, 3, 6}) {
      const Image smaller = *Decode(photo, {}, {side, side});
      EXPECT_EQ(smaller.pixels,
                std::vector<std::uint8_t>(ByteCount(smaller.size), std::uint8_t{128}));
    }
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

Image DecodedTo(const Photo& photo, Size at_least) {
  Result<Image> image = Decode(photo, {}, at_least);
  EXPECT_TRUE(image) << image.error().message;
  return image ? *std::move(image) : Image{};
}

TEST(DecodeTest, AJpegIsDecodedToAtLeastThePixelsThatAreAskedFor) {
  const Photo photo = EncodeJpeg(TestImage({321, 200}).view());
  EXPECT_EQ(DecodedTo(photo, {322, 1}).size, (Size{321, 200}));
  EXPECT_EQ(DecodedTo(photo, {161, 1}).size, (Size{321, 200}));
  EXPECT_EQ(DecodedTo(photo, {160, 100}).size, (Size{161, 100}));
  EXPECT_EQ(DecodedTo(photo, {160, 101}).size, (Size{321, 200}));
  EXPECT_EQ(DecodedTo(photo, {80, 50}).size, (Size{81, 50}));
  EXPECT_EQ(DecodedTo(photo, {40, 25}).size, (Size{41, 25}));
  EXPECT_EQ(DecodedTo(photo, {1, 1}).size, (Size{41, 25}));
  EXPECT_EQ(DecodedTo(photo, {40, 26}).size, (Size{81, 50}));
  EXPECT_EQ(DecodedTo(photo, {322, 1}).pixels, Decoded(photo).pixels);
}

TEST(DecodeTest, PixelsAreAskedForOfThePhotoTurnedUpright) {
  const Photo jpeg = EncodeJpeg(TestImage({320, 160}).view());
  const Photo lying = WithJpegSegment(jpeg, 0xE1, ExifBlock(3));
  const Photo standing = WithJpegSegment(jpeg, 0xE1, ExifBlock(6));
  EXPECT_EQ(DecodedTo(lying, {160, 80}).size, (Size{160, 80}));
  EXPECT_EQ(DecodedTo(lying, {80, 160}).size, (Size{320, 160}));
  EXPECT_EQ(DecodedTo(standing, {80, 160}).size, (Size{80, 160}));
  EXPECT_EQ(DecodedTo(standing, {160, 80}).size, (Size{160, 320}));
  EXPECT_EQ(DecodedTo(standing, {80, 160}).pixels, Upright(DecodedTo(jpeg, {160, 80}), 6).pixels);
}

TEST(DecodeTest, HowAJpegIsCodedDoesNotShowInItsPixels) {
  for (const Size size : {Size{37, 23}, Size{64, 64}, Size{161, 50}}) {
    const Image image = TestImage(size);
    for (const int divisor : {2, 4, 8}) {
      const Size at_least{size.width / divisor, size.height / divisor};
      // Photos of arithmetic codes are for another decoder, whose pixels differ a little.
      for (const bool arithmetic : {false, true}) {
        const Image baseline = DecodedTo(EncodeJpeg(image.view(), false, arithmetic), at_least);
        EXPECT_EQ(baseline.size, (Size{(size.width + divisor - 1) / divisor,
                                       (size.height + divisor - 1) / divisor}));
        const Photo progressive = EncodeJpeg(image.view(), true, arithmetic);
        EXPECT_EQ(DecodedTo(progressive, at_least).pixels, baseline.pixels) << divisor;
      }
    }
  }
}

TEST(DecodeTest, OtherFormatsKeepEveryPixel) {
  const Image image = TestImage(kSize);
  for (const Photo& photo : {EncodePng(image.view()), EncodeWebp(image.view())}) {
    EXPECT_EQ(DecodedTo(photo, {1, 1}).pixels, image.pixels);
  }
}

TEST(DecodeTest, LimitsHoldBeforePixelsAreAllocated) {
  const Image image = TestImage(kSize);
  const DecodeLimits few_pixels{.max_pixels = std::int64_t{36} * 23};
  const DecodeLimits short_side{.max_side = 36};
  const DecodeLimits few_bytes{.max_bytes = 10};
  for (const Photo& photo :
       {EncodeJpeg(image.view()), EncodePng(image.view()), EncodeWebp(image.view())}) {
    EXPECT_THAT(Reason(photo, few_pixels), HasSubstr("37 x 23 pixels, more than --max-pixels 828"));
    EXPECT_THAT(Reason(photo, short_side), HasSubstr("the longest side allowed is 36"));
    EXPECT_THAT(Reason(photo, few_bytes), HasSubstr("bytes, more than --max-bytes 10"));
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

// The place of the first marker with this code. Requires: there is one.
std::ptrdiff_t PlaceOf(const Photo& jpeg, unsigned code) {
  std::ptrdiff_t at = 0;
  while (jpeg.at(at) != std::byte{0xFF} || jpeg.at(at + 1) != static_cast<std::byte>(code)) ++at;
  return at;
}

Photo WithStray(Photo jpeg, std::ptrdiff_t at, std::string_view bytes) {
  const Photo stray = ToPhoto(bytes);
  jpeg.insert(jpeg.begin() + at, stray.begin(), stray.end());
  return jpeg;
}

TEST(DecodeTest, StrayBytesThatCostNoRowAreNoError) {
  for (const bool progressive : {false, true}) {
    const Photo jpeg = EncodeJpeg(TestImage(kSize).view(), progressive);
    const std::vector<std::uint8_t> pixels = Decoded(jpeg).pixels;
    const auto end = static_cast<std::ptrdiff_t>(jpeg.size()) - 2;
    for (const unsigned code : {0xDBU, 0xC4U, 0xDAU}) {
      EXPECT_EQ(Decoded(WithStray(jpeg, PlaceOf(jpeg, code), "stray bytes")).pixels, pixels);
    }
    EXPECT_EQ(Decoded(WithStray(jpeg, end, std::string(100, 'U'))).pixels, pixels);
    EXPECT_EQ(Decoded(WithStray(jpeg, end, std::string(5000, '\0'))).pixels, pixels);
    EXPECT_EQ(Decoded(WithStray(jpeg, end + 2, "stray bytes")).pixels, pixels);
    // Of a scan that can be followed, whatever stands behind its rows.
    const Photo text = WithStray(jpeg, end, "these forty bytes are no part of any row");
    EXPECT_EQ(DecodeAtEveryScale(text).has_value(), !progressive);
  }
}

TEST(DecodeTest, StrayBytesInsideAScanAreAnError) {
  for (const bool progressive : {false, true}) {
    const Photo jpeg = EncodeJpeg(TestImage({200, 150}).view(), progressive);
    const auto begin = PlaceOf(jpeg, 0xDA);
    const auto end = static_cast<std::ptrdiff_t>(jpeg.size()) - 2;
    for (int tenth = 2; tenth <= 9; ++tenth) {
      const std::ptrdiff_t at = begin + (end - begin) * tenth / 10;
      EXPECT_FALSE(DecodeAtEveryScale(WithStray(jpeg, at, std::string(100, 'U')))) << tenth;
      EXPECT_FALSE(DecodeAtEveryScale(WithStray(jpeg, at, std::string(1000, '\0')))) << tenth;
    }
  }
}

TEST(DecodeTest, AWarningThatIsNotAboutPixelsIsNone) {
  const Image image = TestImage(kSize);
  const Photo jpeg = EncodeJpeg(image.view());
  Photo photo = jpeg;
  ASSERT_EQ(photo[11], std::byte{1});  // major version of JFIF
  photo[11] = std::byte{9};
  EXPECT_EQ(Decoded(photo).size, kSize);
  for (const bool arithmetic : {false, true}) {
    const Photo whole = EncodeJpeg(image.view(), false, arithmetic);
    photo = whole;
    const auto numbers = PlaceOf(photo, 0xDA) + 2 + 2 + 1 + std::ptrdiff_t{3} * 2;
    ASSERT_EQ(photo[numbers + 1], std::byte{63});
    for (const std::string_view other : {"\x01\x3f\x10", "\xff\xff\xff"}) {
      const Photo three = ToPhoto(other);
      std::copy(three.begin(), three.end(), photo.begin() + numbers);
      EXPECT_EQ(Decoded(photo).pixels, Decoded(whole).pixels);
      // They must not hide what is missing.
      Photo cut(photo.begin(), photo.begin() + numbers + 3 + 4);
      cut.insert(cut.end(), {std::byte{0xFF}, std::byte{0xD9}});
      EXPECT_EQ(Reason(cut), "JPEG: ends before its last row");
    }
  }
}

TEST(DecodeTest, AMissingEndMarkerCostsNoPixel) {
  const Image image = TestImage(kSize);
  for (const bool progressive : {false, true}) {
    Photo photo = EncodeJpeg(image.view(), progressive);
    const std::vector<std::uint8_t> pixels = Decoded(photo).pixels;
    photo.resize(photo.size() - 2);
    EXPECT_EQ(Decoded(photo).pixels, pixels);
    photo = EncodeJpeg(image.view(), progressive, true);
    photo.resize(photo.size() - 2);
    EXPECT_EQ(Reason(photo), "JPEG: has no end marker: rows may be missing");
  }
}

TEST(DecodeTest, MissingScansAreToldFromMissingBytes) {
  Photo photo = EncodeJpeg(TestImage(kSize).view(), true);
  std::ptrdiff_t scan = static_cast<std::ptrdiff_t>(photo.size()) - 2;
  while (photo[scan] != std::byte{0xFF} || photo[scan + 1] != std::byte{0xC4}) --scan;
  photo.resize(scan);
  EXPECT_EQ(Reason(photo), "JPEG: ends before its last scan");
  photo.insert(photo.end(), {std::byte{0xFF}, std::byte{0xD9}});
  EXPECT_EQ(Reason(photo), "JPEG: scans are missing: not all bits of its pixels are there");
}

TEST(DecodeTest, ContentDecidesNotTheName) {
  EXPECT_EQ(Reason(ToPhoto("<html></html>")), "this is HTML, not a photo");
  EXPECT_EQ(Reason({}), "the file is empty");
}

}  // namespace
}  // namespace verger
