#include "core/image/orientation.h"

#include <gtest/gtest.h>

#include "core/image/test_photos.h"

namespace verger {
namespace {

using namespace std::string_literals;

std::optional<int> Of(const std::string& exif) { return ExifOrientation(ToPhoto(exif)); }

TEST(OrientationTest, IsReadInBothByteOrders) {
  for (int value = 0; value <= 9; ++value) {
    EXPECT_EQ(Of(ExifBlock(value, false)), value);
    EXPECT_EQ(Of(ExifBlock(value, true)), value);
  }
}

TEST(OrientationTest, ThePrefixMayBeMissingOrDoubled) {
  EXPECT_EQ(Of(ExifBlock(6).substr(6)), 6);
  EXPECT_EQ(Of("Exif\0\0"s + ExifBlock(6)), 6);
}

TEST(OrientationTest, BrokenExifHasNone) {
  const std::string exif = ExifBlock(6);
  // Its last six bytes are padding and the offset of a next directory, which nobody reads.
  for (std::size_t length = 0; length < exif.size() - 6; ++length) {
    EXPECT_EQ(Of(exif.substr(0, length)), std::nullopt) << length;
  }
  EXPECT_EQ(Of("Exif\0\0XX*\0\x08\0\0\0\x01\0"s), std::nullopt);
  EXPECT_EQ(Of("II+\0\x08\0\0\0\0\0"s), std::nullopt);
  EXPECT_EQ(Of("II*\0\xff\xff\xff\xff\x01\0"s), std::nullopt);
}

TEST(OrientationTest, OnlyIntegersCount) {
  std::string exif = ExifBlock(6);
  const std::size_t type = 6 + 8 + 2 + 2;
  exif[type] = 4;  // LONG
  EXPECT_EQ(Of(exif), 6);
  exif[type] = 2;  // ASCII
  EXPECT_EQ(Of(exif), std::nullopt);
  exif[type] = 3;
  exif[type + 2] = 0;  // no values
  EXPECT_EQ(Of(exif), std::nullopt);
  exif[type + 2] = 3;  // three values, at offset 6: inside the header
  EXPECT_EQ(Of(exif), 0);
  exif[type + 2] = 17;  // so many from there are more than all bytes
  EXPECT_EQ(Of(exif), std::nullopt);
  exif[type + 2] = 3;
  exif[type + 6] = 100;  // three values, beyond the end
  EXPECT_EQ(Of(exif), std::nullopt);
}

TEST(OrientationTest, XmpIsAskedOnlyWithoutExif) {
  const Photo six = ToPhoto(ExifBlock(6));
  const Photo nine = ToPhoto(ExifBlock(9));
  EXPECT_EQ(Orientation({}, "<x tiff:Orientation=\"3\"/>"), 3);
  EXPECT_EQ(Orientation({}, "<tiff:Orientation>8</tiff:Orientation>"), 8);
  EXPECT_EQ(Orientation({}, "tiff:Orientation tiff:Orientation=\"x tiff:Orientation>5"), 5);
  EXPECT_EQ(Orientation({}, "tiff:Orientation=\""), 1);
  EXPECT_EQ(Orientation({}, "tiff:Orientation>9"), 1);
  EXPECT_EQ(Orientation({}, ""), 1);
  EXPECT_EQ(Orientation(six, "tiff:Orientation>3"), 6);
  EXPECT_EQ(Orientation(nine, "tiff:Orientation>3"), 1);
}

}  // namespace
}  // namespace verger
