#include "core/runs/numbers.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

TEST(Pluralize, SaysOneAndMany) {
  EXPECT_EQ(Pluralize(1, "row", "rows"), "1 row");
  EXPECT_EQ(Pluralize(0, "row", "rows"), "0 rows");
  EXPECT_EQ(Pluralize(1'014, "row", "rows"), "1,014 rows");
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

}  // namespace
}  // namespace verger
