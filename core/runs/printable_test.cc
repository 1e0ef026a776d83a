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

}  // namespace
}  // namespace verger
