#include "cli/base/text.h"

#include <gtest/gtest.h>

namespace verger::cli {
namespace {

TEST(Counted, SaysOneAndMany) {
  EXPECT_EQ(Counted(1, "row", "rows"), "1 row");
  EXPECT_EQ(Counted(0, "row", "rows"), "0 rows");
  EXPECT_EQ(Counted(1'014, "row", "rows"), "1,014 rows");
}

TEST(WithCommas, GroupsByThree) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(94'765'736), "94,765,736");
  EXPECT_EQ(WithCommas(18'446'744'073'709'551'615u), "18,446,744,073,709,551,615");
}

TEST(HumanBytes, ChangesUnitBeforeAFourthDigit) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1000), "1.0 kB");
  EXPECT_EQ(HumanBytes(999'960), "1.0 MB");
  EXPECT_EQ(HumanBytes(94'765'736), "94.8 MB");
  EXPECT_EQ(HumanBytes(5e15), "5000.0 TB");
}

TEST(HumanDuration, HasHoursOnlyWhenThereAreAny) {
  EXPECT_EQ(HumanDuration(-1), "0:00");
  EXPECT_EQ(HumanDuration(37.6), "0:38");
  EXPECT_EQ(HumanDuration(3599.6), "1:00:00");
  EXPECT_EQ(HumanDuration(3723), "1:02:03");
}

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

TEST(Columns, CountsCharacters) { EXPECT_EQ(Columns("━━╸ é"), 5); }

}  // namespace
}  // namespace verger::cli
