#include "core/runs/names.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

constexpr Numbered kKinds[] = {Numbered::kPart, Numbered::kManifest, Numbered::kMoments,
                               Numbered::kPca};

TEST(Names, ComeBackAsNumbers) {
  for (const Numbered kind : kKinds) {
    for (const std::int64_t number : {0, 1, 99'999, 100'000, 999'999'999}) {
      for (const char* run : {"", "0", "5f3a9c1b"}) {
        EXPECT_EQ(NumberIn(kind, NumberedName(kind, number, run)), number) << run;
      }
    }
  }
}

TEST(Names, AreThoseOfTheFormat) {
  EXPECT_EQ(NumberedName(Numbered::kPart, 12), "part-00012.parquet");
  EXPECT_EQ(NumberedName(Numbered::kPart, 12, "5f3a9c1b"), "part-00012-5f3a9c1b.parquet");
  EXPECT_EQ(NumberedName(Numbered::kManifest, 12), "manifest-000012.json");
  EXPECT_EQ(NumberedName(Numbered::kMoments, 12), "moments-000012.bin");
  EXPECT_EQ(NumberedName(Numbered::kPca, 12, "ab"), "pca-000012-ab.json");
}

TEST(Names, OfOneKindAreNotOfAnother) {
  for (const Numbered kind : kKinds) {
    for (const Numbered other : kKinds) {
      EXPECT_EQ(NumberIn(other, NumberedName(kind, 7)).has_value(), kind == other);
    }
  }
}

TEST(Names, OfOthersHaveNoNumber) {
  for (const char* name :
       {"", "part-.parquet", "part-.", "part-0.parquet.tmp", "part-00000-c000.snappy.parquet",
        "part-00000-5F3A.parquet", "part-00000-.parquet", "part-00000-a-b.parquet",
        "part--1.parquet", "part-+1.parquet", "part- 1.parquet", "part-1 .parquet",
        "part-1x.parquet", "part-1000000000.parquet", "part-99999999999999999999.parquet",
        "Part-00000.parquet", ".part-00000.parquet", "part-.parquetpart-.parquet"}) {
    EXPECT_EQ(NumberIn(Numbered::kPart, name), std::nullopt) << name;
  }
}

TEST(Names, OfStagedPartsTellTheirRun) {
  const std::string staged = StagedName("ab", "Results/part-00001.parquet");
  EXPECT_EQ(staged, "_verger/staged/ab-part-00001.parquet");
  EXPECT_TRUE(IsStagedBy("ab", staged));
  for (const char* other : {"", "a", "b", "abc", "cd"}) {
    EXPECT_FALSE(IsStagedBy(other, staged)) << other;
  }
  EXPECT_FALSE(IsStagedBy("", "_verger/staged/-part-00001.parquet"));
}

TEST(Names, HaveAFolderAndALastPart) {
  EXPECT_EQ(FolderOf("_verger/staged/x"), "_verger/staged");
  EXPECT_EQ(LastOf("_verger/staged/x"), "x");
  EXPECT_EQ(FolderOf("x"), "");
  EXPECT_EQ(LastOf("x"), "x");
  EXPECT_EQ(LastOf("Results/"), "");
}

}  // namespace
}  // namespace verger
