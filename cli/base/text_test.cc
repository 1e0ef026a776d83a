#include "cli/base/text.h"

#include <gtest/gtest.h>

#include <string>

#include "cli/base/library.h"

namespace verger::cli {
namespace {

// The rules are the library's: core/runs/numbers_test.cc, printable_test.cc.
TEST(Text, IsTheLibrarys) {
  EXPECT_EQ(WithCommas(94'765'736), "94,765,736");
  EXPECT_EQ(Pluralize(1'014, "row", "rows"), "1,014 rows");
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

TEST(ToLower, ChangesLettersOfAsciiOnly) {
  EXPECT_EQ(ToLower("Content-TYPE [::1] AZ@[`{"), "content-type [::1] az@[`{");
  EXPECT_EQ(ToLower("PÊCHE"), "pÊche");
  EXPECT_EQ(ToLower(""), "");
}

TEST(HumanDuration, HasHoursOnlyWhenThereAreAny) {
  EXPECT_EQ(HumanDuration(-1), "0:00");
  EXPECT_EQ(HumanDuration(37.6), "0:38");
  EXPECT_EQ(HumanDuration(3599.6), "1:00:00");
  EXPECT_EQ(HumanDuration(3723), "1:02:03");
}

TEST(PathAndLabel, SaysTheLabelWhereThePathDoesNot) {
  EXPECT_EQ(PathAndLabel("a/Pear/1.jpg", "Pear"), "a/Pear/1.jpg");
  EXPECT_EQ(PathAndLabel("Pear/1.jpg", "Pear"), "Pear/1.jpg");
  EXPECT_EQ(PathAndLabel("Pears/1.jpg", "Pear"), "Pears/1.jpg  (Pear)");
  EXPECT_EQ(PathAndLabel("0f\n", "a\tb"), "0f\\x0a  (a\\x09b)");
}

TEST(Columns, CountsColumnsOfATerminal) {
  EXPECT_EQ(Columns("apple"), 5);
  EXPECT_EQ(Columns("━━╸ é"), 5);
  EXPECT_EQ(Columns("桃 e\u0301"), 4);
}

TEST(CsvField, IsQuotedWhereItMustBe) {
  EXPECT_EQ(CsvField("Apple 10"), "Apple 10");
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("5\" apple"), "\"5\"\" apple\"");
  EXPECT_EQ(CsvField("a\nb"), "\"a\nb\"");
}

}  // namespace
}  // namespace verger::cli
