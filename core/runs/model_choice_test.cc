#include "core/runs/model_choice.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

const ModelIdentity kRows = {"net",  "abc", "timm,size=112,decode=fast,views=3", "timm:112x112", 8,
                             "int8", "Y2Fs"};

TEST(LikeRows, TakesWhatIsNotAskedFor) {
  const ModelChoice choice = LikeRows({"timm", "", ""}, kRows, "abc");
  EXPECT_EQ(choice.preset, "timm,size=112,decode=fast,views=3");
  EXPECT_EQ(choice.precision, "int8");
  EXPECT_EQ(choice.calibration, "Y2Fs");
  EXPECT_EQ(LikeRows({}, kRows, "abc").preset, "size=112,decode=fast,views=3");
}

TEST(LikeRows, LeavesWhatIsAskedFor) {
  const ModelChoice choice = LikeRows({"size=224", "fp32", ""}, kRows, "abc");
  EXPECT_EQ(choice.preset, "size=224,decode=fast,views=3");
  EXPECT_EQ(LikeRows({"views=1", "", ""}, kRows, "abc").preset, "views=1,size=112,decode=fast");
  EXPECT_EQ(choice.precision, "fp32");
  EXPECT_EQ(choice.calibration, "");
  EXPECT_EQ(LikeRows({"", "int8", ""}, kRows, "abc").calibration, "Y2Fs");
  EXPECT_EQ(LikeRows({"", "int8", "bXk="}, kRows, "abc").calibration, "bXk=");
}

TEST(LikeRows, LooksAtRowsOfTheSameFileOnly) {
  const ModelChoice choice = LikeRows({"timm", "", ""}, kRows, "other");
  EXPECT_EQ(choice.preset, "timm");
  EXPECT_EQ(choice.precision, "");
}

}  // namespace
}  // namespace verger
