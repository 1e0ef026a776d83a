#include "core/evaluate/metrics.h"

#include <gtest/gtest.h>

#include <array>

namespace verger {
namespace {

Tested Photo(int label, int answer, float probability = 1) {
  Tested tested;
  tested.label = label;
  tested.answer = answer;
  tested.probability = probability;
  return tested;
}

TEST(Judge, FindsAnswerSetAndTop3) {
  const std::array<float, 5> probabilities = {0.1F, 0.5F, 0.2F, 0.15F, 0.05F};
  const Tested third = Judge(probabilities, 3, 0.12F);
  EXPECT_EQ(third.answer, 1);
  EXPECT_EQ(third.probability, 0.5F);
  EXPECT_EQ(third.label_probability, 0.15F);
  EXPECT_EQ(third.set_size, 3);
  EXPECT_TRUE(third.in_set);
  EXPECT_TRUE(third.in_top3);
  const Tested fourth = Judge(probabilities, 0, 0.12F);
  EXPECT_FALSE(fourth.in_set);
  EXPECT_FALSE(fourth.in_top3);
  const Tested none = Judge(probabilities, 1, 0.9F);
  EXPECT_EQ(none.set_size, 0) << "as verger_classify hands it out";
  EXPECT_FALSE(none.in_set);
}

TEST(Judge, TakesTheFirstOfEquals) {
  const std::array<float, 4> probabilities = {0.25F, 0.25F, 0.25F, 0.25F};
  EXPECT_EQ(Judge(probabilities, 2, 0).answer, 0);
  EXPECT_TRUE(Judge(probabilities, 2, 0).in_top3);
  EXPECT_FALSE(Judge(probabilities, 3, 0).in_top3);
}

TEST(MacroF1, CountsLabelsThatAreOnlyAnswers) {
  // scikit-learn 1.9.1: f1_score([0, 0, 1, 1], [0, 1, 1, 2], average="macro") = 0.3888...
  const std::array<Tested, 4> tested = {Photo(0, 0), Photo(0, 1), Photo(1, 1), Photo(1, 2)};
  EXPECT_NEAR(MacroF1(tested), (2.0 / 3 + 0.5) / 3, 1e-12);
  EXPECT_EQ(Accuracy(tested), 0.5);
}

TEST(Reliability, ComparesProbabilityWithAccuracyBinByBin) {
  const std::array<Tested, 4> tested = {Photo(0, 0, 0.9F), Photo(0, 1, 0.9F), Photo(1, 1, 0.9F),
                                        Photo(1, 1, 0.62F)};
  const std::vector<ReliabilityBin> bins = Reliability(tested);
  ASSERT_EQ(bins.size(), 15);
  EXPECT_EQ(bins[9].photos, 1);
  EXPECT_EQ(bins[9].accuracy, 1);
  EXPECT_EQ(bins[13].photos, 3);
  EXPECT_NEAR(bins[13].probability, 0.9, 1e-6);
  EXPECT_NEAR(bins[13].accuracy, 2.0 / 3, 1e-12);
  EXPECT_NEAR(CalibrationError(bins), 0.75 * (0.9 - 2.0 / 3) + 0.25 * 0.38, 1e-6);
  const std::array<Tested, 2> ends = {Photo(0, 0, 1), Photo(0, 1, 0)};
  EXPECT_EQ(CalibrationError(Reliability(ends)), 0) << "0 and 1 have their bins";
}

TEST(Auroc, CountsEqualDistancesHalf) {
  EXPECT_EQ(Auroc(std::array{1.0F, 2.0F}, std::array{3.0F, 4.0F}), 1);
  EXPECT_EQ(Auroc(std::array{3.0F, 4.0F}, std::array{1.0F, 2.0F}), 0);
  EXPECT_EQ(Auroc(std::array{1.0F, 1.0F}, std::array{1.0F}), 0.5);
  EXPECT_EQ(Auroc(std::array{1.0F, 3.0F}, std::array{2.0F, 3.0F}), 0.625);
}

TEST(TrueAccepts, KeepsFalseAcceptsBelowTheBound) {
  std::vector<float> unknown;
  for (int i = 0; i < 20; ++i) unknown.push_back(static_cast<float>(10 + i));
  const std::array<float, 4> known = {9, 10.5F, 11, 30};
  EXPECT_EQ(TrueAccepts(known, unknown, 0.05), 0.5) << "10 may be accepted, 11 may not";
  EXPECT_EQ(TrueAccepts(known, unknown, 1), 1);
}

TEST(Metrics, AreZeroOfNothing) {
  EXPECT_EQ(Accuracy({}), 0);
  EXPECT_EQ(MacroF1({}), 0);
  EXPECT_EQ(CalibrationError(Reliability({})), 0);
  EXPECT_EQ(Auroc({}, {}), 0.5);
}

}  // namespace
}  // namespace verger
