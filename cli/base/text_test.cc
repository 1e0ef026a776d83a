#include "cli/base/text.h"

#include <gtest/gtest.h>

#include <string>

#include "cli/base/library.h"

namespace verger::cli {
namespace {

// The rules are the library's: core/runs/numbers_test.cc, printable_test.cc.
TEST(Text, IsTheLibrarys) {
  EXPECT_EQ(WithCommas(94'765'736), "94,765,736");
  EXPECT_EQ(Counted(1'014, "row", "rows"), "1,014 rows");
  EXPECT_EQ(HumanBytes(94'765'736), "94.8 MB");
  EXPECT_EQ(Printable("Pêche \x1b"), "Pêche \\x1b");
  EXPECT_EQ(Printable(""), "");
}

// What is printable as it is costs no call; each byte must fare as the library would have it.
TEST(Printable, OfOneByteIsTheLibrarys) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string raw(1, static_cast<char>(byte));
    EXPECT_EQ(Printable(raw), TextOf(verger_printable, Borrowed(raw))) << byte;
  }
}

TEST(HumanDuration, HasHoursOnlyWhenThereAreAny) {
  EXPECT_EQ(HumanDuration(-1), "0:00");
  EXPECT_EQ(HumanDuration(37.6), "0:38");
  EXPECT_EQ(HumanDuration(3599.6), "1:00:00");
  EXPECT_EQ(HumanDuration(3723), "1:02:03");
}

TEST(Columns, CountsCharacters) { EXPECT_EQ(Columns("━━╸ é"), 5); }

}  // namespace
}  // namespace verger::cli
