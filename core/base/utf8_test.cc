#include "core/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace verger {
namespace {

TEST(Utf8, TellsTheFirstCharacter) {
  EXPECT_EQ(FirstCharacter("ab").bytes, 1U);
  EXPECT_EQ(FirstCharacter("\u00e9t\u00e9").point, 0xE9U);
  EXPECT_EQ(FirstCharacter("\u00e9t\u00e9").bytes, 2U);
  EXPECT_EQ(FirstCharacter("\u20ac").bytes, 3U);
  EXPECT_EQ(FirstCharacter("\U0001F34E").point, 0x1F34EU);
  EXPECT_EQ(FirstCharacter("").bytes, 0U);
}

TEST(Utf8, RefusesWhatIsNone) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("p\u00eache \U0001F351"));
  for (const std::string text : {"\x80", "a\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                                 "\xF4\x90\x80\x80", "\xFF", "\xE2\x82"}) {
    EXPECT_FALSE(IsUtf8(text)) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace verger
