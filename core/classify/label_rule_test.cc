#include "core/classify/label_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::HasSubstr;

std::string LabelBy(int level, std::string_view table, std::string_view path,
                    std::string_view label) {
  const auto rule = LabelRule::Create(level, table);
  if (!rule) return rule.error().message;
  const auto name = rule->LabelOf(path, label);
  return name ? std::string(*name) : name.error().message;
}

TEST(FolderAbove, CountsFromTheFolderOfThePhoto) {
  EXPECT_EQ(FolderAbove("farm/Apple/Gala/1.jpg", 0), "Gala");
  EXPECT_EQ(FolderAbove("farm/Apple/Gala/1.jpg", 1), "Apple");
  EXPECT_EQ(FolderAbove("farm/Apple/Gala/1.jpg", 2), "farm");
  EXPECT_EQ(FolderAbove("farm/Apple/Gala/1.jpg", 3), "");
  EXPECT_EQ(FolderAbove("1.jpg", 0), "");
}

TEST(LabelRule, LeavesLabelsAsTheyAre) {
  EXPECT_EQ(LabelBy(0, "", "Apple/Gala/1.jpg", "Gala"), "Gala");
}

TEST(LabelRule, TakesAFolderAbove) {
  EXPECT_EQ(LabelBy(1, "", "Apple/Gala/1.jpg", "Gala"), "Apple");
  EXPECT_THAT(LabelBy(2, "", "Apple/Gala/1.jpg", "Gala"),
              HasSubstr("label level 2: Apple/Gala/1.jpg has fewer folders"));
  EXPECT_THAT(LabelBy(-1, "", "", ""), HasSubstr("give 0 or more"));
}

TEST(LabelRule, LooksLabelsUpInATable) {
  const char* table =
      "\xEF\xBB\xBFlabel,coarse\r\nGala,Apple\r\n\r\n\"Pear, \"\"red\"\"\",Pear\nNashi,Pear";
  EXPECT_EQ(LabelBy(0, table, "x/1.jpg", "Gala"), "Apple");
  EXPECT_EQ(LabelBy(0, table, "x/1.jpg", "Pear, \"red\""), "Pear");
  EXPECT_EQ(LabelBy(0, table, "x/1.jpg", "Nashi"), "Pear");
  EXPECT_EQ(LabelBy(1, table, "Gala/day 1/1.jpg", "day 1"), "Apple");
  EXPECT_THAT(LabelBy(0, table, "x/1.jpg", "Fig"), HasSubstr("\"Fig\" is missing (x/1.jpg)"));
}

TEST(LabelRule, NamesTheLineThatIsWrong) {
  EXPECT_THAT(LabelBy(0, "Gala,Apple\nNashi", "", ""), HasSubstr("line 2: 1 fields"));
  EXPECT_THAT(LabelBy(0, "Gala,Apple,x", "", ""), HasSubstr("line 1: 3 fields"));
  EXPECT_THAT(LabelBy(0, "Gala,", "", ""), HasSubstr("line 1: no label for \"Gala\""));
  EXPECT_THAT(LabelBy(0, "Gala,Apple\n\nGala,Pear", "", ""),
              HasSubstr("line 3: \"Gala\" is \"Pear\" here and \"Apple\" above"));
  EXPECT_THAT(LabelBy(0, "Gala,\"App", "", ""), HasSubstr("line 1: a quoted field does not end"));
  EXPECT_THAT(LabelBy(0, "label,coarse\n", "", ""), HasSubstr("line 1: no label"));
  EXPECT_EQ(LabelBy(0, "Gala,Apple\nGala,Apple", "x/1.jpg", "Gala"), "Apple");
}

}  // namespace
}  // namespace verger
