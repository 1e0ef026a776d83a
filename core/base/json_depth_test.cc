#include "core/base/json_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace verger {
namespace {

std::string Nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

TEST(JsonDepth, CountsListsAndObjects) {
  EXPECT_FALSE(IsDeepJson(Nested(kMaxJsonDepth)));
  EXPECT_TRUE(IsDeepJson(Nested(kMaxJsonDepth + 1)));
  std::string objects;
  for (int depth = 0; depth <= kMaxJsonDepth; ++depth) objects += R"({"a":)";
  EXPECT_TRUE(IsDeepJson(objects));
}

TEST(JsonDepth, ManyValuesSideBySideAreNotDeep) {
  std::string flat = "[";
  for (int i = 0; i < 1000; ++i) flat += "[1], ";
  EXPECT_FALSE(IsDeepJson(flat + "[]]"));
}

TEST(JsonDepth, BracketsInTextsDoNotCount) {
  EXPECT_FALSE(IsDeepJson('"' + std::string(1000, '[') + '"'));
  EXPECT_FALSE(IsDeepJson(R"("\")" + std::string(1000, '[') + '"'));
  EXPECT_TRUE(IsDeepJson(R"("\\")" + Nested(1000)));
}

TEST(JsonDepth, TextThatIsNoJsonIsLookedAtToo) {
  EXPECT_FALSE(IsDeepJson(""));
  EXPECT_FALSE(IsDeepJson("]]]]"));
  EXPECT_FALSE(IsDeepJson("\"\\"));
}

}  // namespace
}  // namespace verger
