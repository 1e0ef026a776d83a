#include "core/evaluate/leaks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/evaluate/test_rows.h"

namespace verger {
namespace {

// Rows that point along an axis each, but for those that are given the direction of another.
EvaluationRows Apart(int count) {
  EvaluationRows rows;
  rows.dimension = count;
  rows.label_names = {"a", "b"};
  for (int row = 0; row < count; ++row) {
    rows.paths.push_back(std::string(static_cast<std::size_t>(row) + 1, 'x') + ".jpg");
    rows.labels.push_back(row % 2);
    for (int i = 0; i < count; ++i) rows.features.push_back(i == row ? 1.0F : 0.0F);
  }
  return rows;
}

void MakeAlike(EvaluationRows& rows, std::size_t row, std::size_t to, float rest) {
  const std::size_t width = rows.width();
  std::copy_n(rows.features.begin() + static_cast<std::ptrdiff_t>(to * width), width,
              rows.features.begin() + static_cast<std::ptrdiff_t>(row * width));
  rows.features[row * width + row] = rest;
}

std::vector<int> Alone(std::size_t count) {
  std::vector<int> groups(count);
  for (std::size_t row = 0; row < count; ++row) groups[row] = static_cast<int>(row);
  return groups;
}

Likeness Compared(const EvaluationRows& rows, const Split& split) {
  return Compare(rows, Alone(rows.size()), split, 2, {}).value();
}

TEST(Compare, FindsPhotosOfOneLabelThatAreAlike) {
  EvaluationRows rows = Apart(8);
  MakeAlike(rows, 2, 0, 0.02F);  // cosine of the roots: 1 / sqrt(1.02) = 0.990
  MakeAlike(rows, 4, 6, 0.25F);  // 0.894
  Split split(8, Role::kTrain);
  split[2] = split[4] = Role::kTest;
  const Likeness likeness = Compared(rows, split);
  EXPECT_EQ(likeness.tested, 2);
  ASSERT_EQ(likeness.leaks.size(), 1U);
  EXPECT_EQ(likeness.leaks[0].tested, 2U);
  EXPECT_EQ(likeness.leaks[0].trained, 0U);
  EXPECT_NEAR(likeness.leaks[0].cosine, 0.990, 0.001);
  EXPECT_FALSE(likeness.leaks[0].beside);
}

TEST(Compare, FindsNothingOnOneSideOfASplit) {
  EvaluationRows rows = Apart(8);
  MakeAlike(rows, 2, 0, 0.02F);
  Split split(8, Role::kTrain);
  split[2] = split[0] = Role::kTest;
  EXPECT_TRUE(Compared(rows, split).leaks.empty());
}

TEST(Compare, AsksMoreAcrossLabelsThatLookAlike) {
  // Two labels in one place: whatever is alike says nothing of a copy.
  EvaluationRows rows = TurningFruit(2, 1, 60, 0);
  const Split split = SplitAtRandom(rows.paths, rows.labels);
  EXPECT_GT(Compared(rows, split).alike_across_labels, 0.95);
  EXPECT_EQ(Compared(Apart(8), Split(8, Role::kTrain)).alike_across_labels, kAlike);
}

TEST(Compare, FindsFramesBesideEachOther) {
  EvaluationRows rows = Apart(6);
  for (std::size_t row = 0; row < 6; ++row) {
    rows.labels[row] = 0;
    rows.paths[row] = "a/" + std::to_string(row * 4) + ".jpg";
  }
  MakeAlike(rows, 3, 2, 0.25F);  // 0.894: less than kAlike, but beside
  Split split(6, Role::kTrain);
  split[3] = split[5] = Role::kTest;
  const Likeness likeness = Compared(rows, split);
  ASSERT_EQ(likeness.leaks.size(), 1U) << "names alone say nothing: 5 is not alike 4 or 3";
  EXPECT_TRUE(likeness.leaks[0].beside);
  EXPECT_EQ(likeness.leaks[0].trained, 2U);
}

TEST(Compare, FindsEveryTurningFrame) {
  const EvaluationRows rows = TurningFruit(6, 2, 60);
  const Split split = SplitAtRandom(rows.paths, rows.labels);
  const Likeness likeness = Compared(rows, split);
  EXPECT_EQ(likeness.tested, 180);
  EXPECT_EQ(likeness.leaks.size(), 180U);
}

TEST(Compare, IsTheSameOnAnyThreadsAndCanBeStopped) {
  const EvaluationRows rows = TurningFruit(4, 1, 40);
  const Split split = SplitAtRandom(rows.paths, rows.labels);
  const auto groups = Alone(rows.size());
  const Likeness one = Compare(rows, groups, split, 1, {}).value();
  const Likeness four = Compare(rows, groups, split, 4, {}).value();
  ASSERT_EQ(one.leaks.size(), four.leaks.size());
  for (std::size_t i = 0; i < one.leaks.size(); ++i) {
    EXPECT_EQ(one.leaks[i].trained, four.leaks[i].trained);
  }
  const auto stop = [](std::int64_t, std::int64_t) { return false; };
  EXPECT_EQ(Compare(rows, groups, split, 1, stop).error().code, Code::kStopped);
}

TEST(SetAside, TakesWhatIsAlikeOutOfTraining) {
  EvaluationRows rows = Apart(8);
  MakeAlike(rows, 2, 0, 0.02F);
  Split split(8, Role::kTrain);
  const Likeness likeness = Compared(rows, split);
  split[2] = Role::kTest;
  EXPECT_EQ(SetAside(rows, likeness, &split), 1);
  EXPECT_EQ(split[0], Role::kOut);
  EXPECT_EQ(std::count(split.begin(), split.end(), Role::kTrain), 6);
}

TEST(SetAside, TakesNothingWhereAllIsAlike) {
  EvaluationRows rows = Apart(8);
  for (const std::size_t row : {2U, 4U, 6U}) MakeAlike(rows, row, 0, 0.02F);
  Split split(8, Role::kTrain);
  const Likeness likeness = Compared(rows, split);
  split[2] = Role::kTest;
  EXPECT_EQ(SetAside(rows, likeness, &split), 0);
}

TEST(EqualRows, PairsEqualFeatures) {
  EvaluationRows rows = Apart(5);
  rows.features[4 * 5 + 1] = 1;
  rows.features[4 * 5 + 4] = 0;
  const std::vector<RowPair> pairs = EqualRows(rows);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].a, 1U);
  EXPECT_EQ(pairs[0].b, 4U);
}

TEST(CountAlike, LooksAcrossTwoOutputs) {
  const EvaluationRows here = Apart(6);
  EvaluationRows there = Apart(6);
  for (std::size_t row = 1; row < 6; ++row) {
    there.features[row * 6 + row] = 0;
    there.features[row * 6] = 1;  // all as row 0, half of them of another label
  }
  EXPECT_EQ(CountAlike(there, here, 2, 1, {}).value(), 3);
  EXPECT_EQ(CountAlike(there, here, kAlike, 1, {}).value(), 6);
}

}  // namespace
}  // namespace verger
