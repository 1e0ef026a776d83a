#include "core/runs/printable.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

TEST(Printable, KeepsNamesOfAllLanguages) {
  EXPECT_EQ(Printable("Pêche 桃 🍑.jpg"), "Pêche 桃 🍑.jpg");
}

TEST(Printable, ShowsWhatWouldMoveTheCursorOrIsNoText) {
  EXPECT_EQ(Printable("a\nb\033[2J\x7f"), "a\\x0ab\\x1b[2J\\x7f");
  EXPECT_EQ(Printable("caf\xe9"), "caf\\xe9");                              // Latin-1
  EXPECT_EQ(Printable("\xc0\xaf"), "\\xc0\\xaf");                           // overlong '/'
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");                  // surrogate
  EXPECT_EQ(Printable("\xc2\x9b"), "\\xc2\\x9b");                           // C1 control
  EXPECT_EQ(Printable("gpj.\xe2\x80\xae.exe"), "gpj.\\xe2\\x80\\xae.exe");  // turned writing
  EXPECT_EQ(Printable("\xe6\xa1"), "\\xe6\\xa1");                           // cut short
}

TEST(DisplayWidth, CountsColumnsOfATerminal) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("apple"), 5);
  EXPECT_EQ(DisplayWidth("━━╸ é"), 5);
  EXPECT_EQ(DisplayWidth("桃"), 2);
  EXPECT_EQ(DisplayWidth("사과"), 4);
  EXPECT_EQ(DisplayWidth("ﾘﾝｺﾞ"), 4);          // half-width katakana
  EXPECT_EQ(DisplayWidth("Ａ"), 2);            // full-width Latin
  EXPECT_EQ(DisplayWidth("Pe\u0302che"), 5);   // a combining circumflex
  EXPECT_EQ(DisplayWidth("\u0e01\u0e34"), 1);  // Thai with a vowel above
}

TEST(DisplayWidth, TakesAClusterOfEmojiForOne) {
  EXPECT_EQ(DisplayWidth("🍑"), 2);
  EXPECT_EQ(DisplayWidth("👍🏽"), 2);                  // with a skin tone
  EXPECT_EQ(DisplayWidth("👩\u200d🌾"), 2);            // a farmer: two emoji, joined
  EXPECT_EQ(DisplayWidth("\U0001F1EB\U0001F1F7"), 2);  // a flag: two letters
  EXPECT_EQ(DisplayWidth("\u2764\ufe0f"), 2);          // a heart as an emoji
  EXPECT_EQ(DisplayWidth("a🍑b"), 4);
}

TEST(DisplayWidth, CountsBytesThatAreNoText) {
  EXPECT_EQ(DisplayWidth("caf\xe9"), 4);
  EXPECT_EQ(DisplayWidth("\xe6\xa1"), 2);
  EXPECT_EQ(DisplayWidth("\xff桃"), 3);
}

}  // namespace
}  // namespace verger
