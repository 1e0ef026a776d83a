#include "core/classify/rounds.h"

#include <gtest/gtest.h>

#include <set>

namespace verger {
namespace {

TEST(Rounds, HoldOutWholeGroupsOfEachLabelInTurn) {
  std::vector<int> labels;
  std::vector<int> groups;
  for (int label = 0; label < 3; ++label) {
    for (int i = 0; i < 20; ++i) {
      labels.push_back(label);
      groups.push_back(label * 10 + i / 2);  // ten groups of two
    }
  }
  const std::vector<int> rounds = RoundsOf(labels, groups);
  for (int label = 0; label < 3; ++label) {
    std::vector<int> count(kRounds);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] == label) ++count[static_cast<std::size_t>(rounds[i])];
    }
    EXPECT_EQ(count, (std::vector<int>{4, 4, 4, 4, 4}));
  }
  for (std::size_t i = 0; i + 1 < labels.size(); i += 2) EXPECT_EQ(rounds[i], rounds[i + 1]);
}

TEST(Rounds, TheOnlyGroupOfALabelIsNeverHeldOut) {
  const std::vector<int> rounds = RoundsOf(std::vector{0, 0, 1, 1}, std::vector{0, 0, 1, 2});
  EXPECT_EQ(rounds[0], kNeverHeldOut);
  EXPECT_EQ(rounds[1], kNeverHeldOut);
  EXPECT_GE(rounds[2], 0);
  EXPECT_NE(rounds[2], rounds[3]);
}

TEST(Rounds, NoRoundIsWithoutALabel) {
  // The only group of label 1 is also one of label 0, whose other groups are held out in turn.
  const std::vector<int> labels = {0, 0, 0, 1, 0, 0};
  const std::vector<int> groups = {0, 1, 2, 2, 3, 4};
  const std::vector<int> rounds = RoundsOf(labels, groups);
  EXPECT_EQ(rounds[2], kNeverHeldOut);
  EXPECT_EQ(rounds[3], kNeverHeldOut);
  EXPECT_GE(rounds[0], 0);
}

TEST(Rounds, AGroupOfTwoLabelsIsHeldOutAsAWhole) {
  const std::vector<int> rounds = RoundsOf(std::vector{0, 0, 1, 1, 1}, std::vector{0, 1, 1, 2, 3});
  EXPECT_EQ(rounds[1], rounds[2]);
}

}  // namespace
}  // namespace verger
