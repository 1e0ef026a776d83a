#include "core/evaluate/splits.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace verger {
namespace {

using ::testing::ElementsAre;

using Texts = std::vector<std::string>;
constexpr Role kOut = Role::kOut;
constexpr Role kTrain = Role::kTrain;
constexpr Role kTest = Role::kTest;

TEST(SplitAtRandom, TestsAQuarterOfEachLabelWhateverTheOrder) {
  Texts paths;
  std::vector<int> labels;
  for (int label = 0; label < 3; ++label) {
    for (int photo = 0; photo < 40; ++photo) {
      paths.push_back(fmt::format("{}/{}.jpg", label, photo));
      labels.push_back(label);
    }
  }
  const Split split = SplitAtRandom(paths, labels);
  for (std::ptrdiff_t label = 0; label < 3; ++label) {
    EXPECT_EQ(std::count(split.begin() + label * 40, split.begin() + label * 40 + 40, kTest), 10);
  }
  EXPECT_EQ(std::count(split.begin(), split.end(), kOut), 0);
  std::reverse(paths.begin(), paths.end());
  std::reverse(labels.begin(), labels.end());
  Split reversed = SplitAtRandom(paths, labels);
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(split, reversed);
  const Split first(split.begin(), split.begin() + 40);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()))
      << "as the order of frames would have it";
  EXPECT_FALSE(std::is_sorted(first.rbegin(), first.rend()));
}

TEST(SplitAtRandom, LeavesSomethingToLearnFrom) {
  EXPECT_THAT(SplitAtRandom(Texts{"a"}, std::vector{0}), ElementsAre(kTrain));
  const Split two = SplitAtRandom(Texts{"a", "b"}, std::vector{0, 0});
  EXPECT_EQ(std::count(two.begin(), two.end(), kTrain), 1);
}

TEST(SplitByAngle, TrainsUpTo239AndTestsFrom250To349) {
  const Texts paths = {"A/0_100.jpg",   "A/r0_239_100.jpg", "A/r_240_100.jpg", "A/r1_249_100.jpg",
                       "A/250_100.jpg", "A/r2_349_100.jpg", "A/350_100.jpg",   "A/r_600_100.jpg"};
  EXPECT_THAT(SplitByAngle(paths, std::vector<int>(8, 0)).value(),
              ElementsAre(kTrain, kTrain, kOut, kOut, kTest, kTest, kOut, kOut));
}

TEST(SplitByAxis, TrainsOnTheFirstAxis) {
  const Texts paths = {"A/1_100.jpg", "A/r0_2_100.jpg", "A/r_3_100.jpg", "A/r1_4_100.jpg",
                       "A/r2_5_100.jpg"};
  EXPECT_THAT(SplitByAxis(paths, std::vector<int>(5, 0)).value(),
              ElementsAre(kTrain, kTrain, kTest, kTest, kTest));
}

TEST(SplitByAxis, LeavesOutLabelsThatItCannotHaveLearned) {
  const Texts paths = {"A/1_100.jpg", "A/r_3_100.jpg", "B/r1_4_100.jpg"};
  EXPECT_THAT(SplitByAxis(paths, std::vector{0, 0, 1}).value(), ElementsAre(kTrain, kTest, kOut));
}

TEST(SplitByAngleAndAxis, AreNothingWhereNamesAreOthers) {
  for (const char* name :
       {"A/IMG_1.jpg", "A/1_50.jpg", "A/r12_1_100.jpg", "A/rx_1_100.jpg", "A/_100.jpg",
        "A/x_100.jpg", "A/-1_100.jpg", "A/1_100", "A/r_100.jpg", "A/99999999999999_100.jpg", ""}) {
    const Texts paths = {"A/1_100.jpg", "A/r1_251_100.jpg", name};
    EXPECT_FALSE(SplitByAngle(paths, std::vector{0, 0, 0})) << name;
    EXPECT_FALSE(SplitByAxis(paths, std::vector{0, 0, 0})) << name;
    EXPECT_FALSE(NamedAsFruits360(paths)) << name;
  }
  EXPECT_FALSE(SplitByAxis(Texts{"A/1_100.jpg"}, std::vector{0})) << "nothing is tested";
  EXPECT_FALSE(SplitByAxis(Texts{"A/r_1_100.jpg"}, std::vector{0})) << "nothing is trained on";
  EXPECT_TRUE(NamedAsFruits360(Texts{"A/1_100.jpg"}));
}

TEST(SplitByFold, TestsAFold) {
  Split split = SplitByFold(std::vector{0, 1, 1, -1}, 1);
  EXPECT_THAT(split, ElementsAre(kTrain, kTest, kTest, kTrain));
  EXPECT_TRUE(LeaveOutNewLabels(std::vector{0, 0, 1, 0}, &split));
  EXPECT_THAT(split, ElementsAre(kTrain, kTest, kOut, kTrain));
  EXPECT_FALSE(LeaveOutNewLabels(std::vector{0, 1, 1, 0}, &split));
}

}  // namespace
}  // namespace verger
