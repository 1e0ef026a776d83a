#include "cli/serve/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(TargetTest, ReadsPathAndParameters) {
  const auto target = ParseTarget("/v1/classify?top=3&views=1");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/v1/classify");
  EXPECT_THAT(target->parameters, ElementsAre(Pair("top", "3"), Pair("views", "1")));
}

TEST(TargetTest, DecodesPercentSigns) {
  const auto target = ParseTarget("/a%2Fb+c?%74op=%33+4&&x");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/a/b+c");
  EXPECT_THAT(target->parameters, ElementsAre(Pair("top", "3 4"), Pair("x", "")));
}

TEST(TargetTest, ReadsTheFormThatProxiesSend) {
  EXPECT_EQ(ParseTarget("http://host:80/healthz").value().path, "/healthz");
  EXPECT_EQ(ParseTarget("https://host").value().path, "/");
}

TEST(TargetTest, RefusesWhatIsNoPath) {
  for (const char* text : {"", "*", "healthz", "/%", "/%4", "/%zz", "/%+1", "/%00", "/?a=1&a=2",
                           "/?a=%g0", "host:443"}) {
    EXPECT_FALSE(ParseTarget(text).has_value()) << text;
  }
}

TEST(TargetTest, NumbersAreCompleteAndInRange) {
  EXPECT_EQ(ParseNumber("3", 1, 10), 3);
  for (const char* text :
       {"", "0", "11", "-1", "+3", " 3", "3 ", "3.0", "0x3", "three", "99999999999999999999"}) {
    EXPECT_FALSE(ParseNumber(text, 1, 10).has_value()) << text;
  }
}

}  // namespace
}  // namespace verger::cli
