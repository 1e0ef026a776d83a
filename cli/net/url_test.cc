#include "cli/net/url.h"

#include <gtest/gtest.h>

namespace verger::cli {
namespace {

TEST(UrlTest, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(EncodePath("a/b c+d%20~é-_.9Z"), "a/b%20c%2Bd%2520~%C3%A9-_.9Z");
  EXPECT_EQ(EncodeQuery("a/b=c&d"), "a%2Fb%3Dc%26d");
  EXPECT_EQ(EncodePath(std::string_view("\0", 1)), "%00");
}

TEST(UrlTest, DecodesForms) {
  EXPECT_EQ(DecodeQuery("a%2Fb+c%20d%C3%A9"), "a/b c dé");
  for (const char* text : {"100%", "%", "%2", "%zz", "%+1"}) {
    EXPECT_EQ(DecodeQuery(text).find('%'), std::string_view(text).find('%')) << text;
  }
}

TEST(UrlTest, ShowsNoSecret) {
  EXPECT_EQ(PublicUrl("https://me:word@farm.example:8/a/net.onnx?token=1#x"),
            "https://farm.example:8/a/net.onnx");
  EXPECT_EQ(PublicUrl("file:///a/b.h5"), "file:///a/b.h5");
  EXPECT_EQ(PublicUrl("no url?secret"), "no url");
}

}  // namespace
}  // namespace verger::cli
