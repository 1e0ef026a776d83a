#include "cli/storage/s3/listing_page.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/base/error.h"

namespace verger::cli {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kSecond = 1'764'368'326'000'000;  // `date -ud 2025-11-28T22:18:46Z +%s`

TEST(S3Time, HasAnyNumberOfDigits) {
  EXPECT_EQ(ParseS3Time("2025-11-28T22:18:46Z"), kSecond);
  std::string digits = ".";
  std::int64_t micros = 0;
  std::int64_t unit = 100'000;
  for (const char digit : std::string("123456789")) {
    digits += digit;
    if (unit >= 1000) micros += unit * (digit - '0');
    unit /= 10;
    EXPECT_EQ(ParseS3Time("2025-11-28T22:18:46" + digits + "Z"), kSecond + micros) << digits;
  }
  EXPECT_EQ(ParseS3Time("1970-01-01T00:00:00.000Z"), 0);
  EXPECT_EQ(ParseS3Time("1969-12-31T23:59:59.5Z"), -500'000);
}

TEST(S3Time, IsNothingWhereItIsNone) {
  for (const char* text :
       {"", "Z", "yesterday", "2025-11-28", "2025-11-28T22:18:46", "2025-13-28T22:18:46Z",
        "2025-02-30T22:18:46Z", "2025-11-28T25:18:46Z", "2025-11-28T22:18:46.Z",
        "2025-11-28T22:18:46.5xZ", "2025-11-28T22:18:46+01:00", "Fri, 28 Nov 2025 22:18:46 GMT"}) {
    EXPECT_EQ(ParseS3Time(text), std::nullopt) << text;
  }
}

std::string Page(const std::string& inside) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</ListBucketResult>",
      inside);
}

TEST(ObjectPages, AreRead) {
  const ObjectPage page = ParseObjectPage(
      Page("<Name>b</Name><IsTruncated>true</IsTruncated><NextContinuationToken>a+/=%20"
           "</NextContinuationToken><EncodingType>url</EncodingType>"
           "<Contents><Key>a%2Bb+c%20d%2520%C3%A9.jpg</Key><Size>5000000000</Size>"
           "<LastModified>2025-11-28T22:18:46.1Z</LastModified></Contents>"
           "<Contents><Key>100%</Key><Size>0</Size></Contents>"
           "<CommonPrefixes><Prefix>x%2F</Prefix></CommonPrefixes>"
           "<CommonPrefixes><Prefix>y/</Prefix></CommonPrefixes>"));
  ASSERT_EQ(page.objects.size(), 2U);
  EXPECT_EQ(page.objects[0].key, "a+b c d%20\xC3\xA9.jpg");
  EXPECT_EQ(page.objects[0].size, 5'000'000'000);
  EXPECT_EQ(page.objects[0].modified, kSecond + 100'000);
  EXPECT_EQ(page.objects[1].key, "100%");
  EXPECT_EQ(page.objects[1].modified, std::nullopt);
  EXPECT_THAT(page.prefixes, ElementsAre("x/", "y/"));
  EXPECT_EQ(page.next, "a+/=%20") << "tokens are not encoded";
}

TEST(ObjectPages, TakeKeysAsTheyAreFromServersThatDoNotEncode) {
  const ObjectPage page =
      ParseObjectPage(Page("<Contents><Key> a+b%20&amp;&#x1; </Key><Size>1</Size></Contents>"));
  ASSERT_EQ(page.objects.size(), 1U);
  EXPECT_EQ(page.objects[0].key, " a+b%20&\x01 ");
  EXPECT_EQ(page.next, "");
}

TEST(ObjectPages, AreRefusedWhereTheyAreNone) {
  for (const std::string& xml :
       {std::string(), std::string("<html></html>"), std::string("<Error><Code>X</Code></Error>"),
        Page("").substr(0, 100), Page("<Contents><Key>a</Key></Contents>"),
        Page("<Contents><Size>1</Size></Contents>"),
        Page("<Contents><Key>a</Key><Size>-1</Size></Contents>"),
        Page("<IsTruncated>true</IsTruncated>")}) {
    EXPECT_THROW(ParseObjectPage(xml), Failure) << xml;
  }
}

TEST(ObjectPages, HaveALargestSize) {
  const std::string room(std::size_t{16} << 20, ' ');
  EXPECT_EQ(ParseObjectPage(Page("")).objects.size(), 0U);
  EXPECT_THROW(ParseObjectPage(Page("") + room), Failure);
}

}  // namespace
}  // namespace verger::cli
