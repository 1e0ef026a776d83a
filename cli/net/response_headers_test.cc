#include "cli/net/response_headers.h"

#include <gtest/gtest.h>

namespace verger::cli {
namespace {

ResponseHeaders Read(std::initializer_list<std::string_view> lines) {
  ResponseHeaders headers;
  for (const std::string_view line : lines) headers.Read(line);
  return headers;
}

TEST(ResponseHeadersTest, ReadsStatusAndValuesWhateverTheirCase) {
  const ResponseHeaders headers = Read({"HTTP/1.1 206 Partial Content\r\n", "ETag:  \"a b\" \r\n",
                                        "content-LENGTH: 12\r\n", "no header\r\n", "\r\n"});
  EXPECT_EQ(headers.status(), 206);
  EXPECT_EQ(headers.Value("etag"), "\"a b\"");
  EXPECT_EQ(headers.ContentLength(), 12U);
  EXPECT_EQ(headers.Value("location"), "");
  EXPECT_EQ(headers.RangeTotal(), std::nullopt);
}

TEST(ResponseHeadersTest, DropsTheHeadersOfTheReplyBefore) {
  const ResponseHeaders headers =
      Read({"HTTP/1.1 302 Found\r\n", "ETag: \"old\"\r\n", "\r\n", "HTTP/2 200\r\n"});
  EXPECT_EQ(headers.status(), 200);
  EXPECT_EQ(headers.Value("etag"), "");
}

TEST(ResponseHeadersTest, ReadsRanges) {
  const ResponseHeaders range = Read({"Content-Range: bytes 5-9/10\r\n"});
  EXPECT_EQ(range.RangeStart(), 5U);
  EXPECT_EQ(range.RangeTotal(), 10U);
  const ResponseHeaders unmet = Read({"Content-Range: bytes */10\r\n"});
  EXPECT_EQ(unmet.RangeStart(), std::nullopt);
  EXPECT_EQ(unmet.RangeTotal(), 10U);
  EXPECT_EQ(Read({"Content-Range: bytes 5-9/*\r\n"}).RangeTotal(), std::nullopt);
  EXPECT_EQ(Read({"Content-Length: -1\r\n"}).ContentLength(), std::nullopt);
  EXPECT_EQ(Read({"Content-Length: 99999999999999999999\r\n"}).ContentLength(), std::nullopt);
}

TEST(ResponseHeadersTest, ReadsDates) {
  const ResponseHeaders headers =
      Read({"Date: Fri, 28 Nov 2025 22:18:46 GMT\r\n", "Last-Modified: yesterday\r\n"});
  EXPECT_EQ(headers.Time("date"), 1'764'368'326);
  EXPECT_EQ(headers.Time("last-modified"), 0);
  EXPECT_EQ(headers.Time("expires"), 0);
}

TEST(ResponseHeadersTest, KeepsNoMoreThan256Names) {
  ResponseHeaders headers;
  headers.Read("HTTP/1.1 200 OK\r\n");
  for (int name = 0; name < 300; ++name) headers.Read("x" + std::to_string(name) + ": a\r\n");
  EXPECT_EQ(headers.Value("x255"), "a");
  EXPECT_EQ(headers.Value("x256"), "");
}

TEST(ResponseHeadersTest, SurvivesLinesThatAreNone) {
  for (const std::string_view line : {"", "HTTP/", "HTTP/1.1", "HTTP/1.1 x", ":", "::"}) {
    EXPECT_EQ(Read({line}).status(), 0) << line;
  }
}

}  // namespace
}  // namespace verger::cli
