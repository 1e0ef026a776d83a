#include "core/classify/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace verger {
namespace {

// Rows whose labels are drawn by softmax(scores / temperature).
struct Drawn {
  std::vector<double> scores;
  std::vector<int> truth;
};

Drawn Draw(int rows, int labels, double temperature, unsigned seed = 3) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0, 8);
  std::uniform_real_distribution<double> uniform;
  Drawn drawn;
  for (int i = 0; i < rows; ++i) {
    std::vector<double> row;
    for (int c = 0; c < labels; ++c) row.push_back(normal(generator));
    const std::vector<float> shares = Probabilities(row, labels, temperature);
    double at = uniform(generator);
    int label = 0;
    while (label + 1 < labels && at > shares[static_cast<std::size_t>(label)]) {
      at -= shares[static_cast<std::size_t>(label++)];
    }
    drawn.scores.insert(drawn.scores.end(), row.begin(), row.end());
    drawn.truth.push_back(label);
  }
  return drawn;
}

TEST(Calibrate, FindsTheTemperatureThatLabelsWereDrawnBy) {
  for (const double temperature : {0.5, 4.0, 30.0}) {
    const Drawn drawn = Draw(20000, 5, temperature);
    EXPECT_NEAR(FitTemperature({drawn.scores, drawn.truth, 5}) / temperature, 1, 0.05);
  }
}

TEST(Calibrate, ProbabilitiesOfTheRightTemperatureHaveNoError) {
  const Drawn drawn = Draw(200000, 5, 4);
  const auto error = [&](double temperature) {
    return CalibrationError(Probabilities(drawn.scores, 5, temperature), drawn.truth, 5);
  };
  EXPECT_LT(error(4), 0.005);
  EXPECT_GT(error(1), 0.1);
  EXPECT_GT(error(16), 0.1);
}

TEST(Calibrate, ErrorByHand) {
  // Two photos of 0.9, one of them right, and one of 0.6, right: |1.8 - 1| + |0.6 - 1| of 3.
  const std::vector<float> probabilities = {0.9F, 0.1F, 0.9F, 0.1F, 0.4F, 0.6F};
  EXPECT_NEAR(CalibrationError(probabilities, std::vector{0, 1, 1}, 2), (0.8 + 0.4) / 3, 1e-6);
  EXPECT_EQ(CalibrationError({}, {}, 2), 0);
}

TEST(Calibrate, SetsHoldTheirPromise) {
  const Drawn old = Draw(4000, 5, 4, 1);
  const Drawn fresh = Draw(20000, 5, 4, 2);
  const double least =
      LeastShare(OwnProbabilities(Probabilities(old.scores, 5, 4), old.truth), 0.9);
  double inside = 0;
  for (const float own : OwnProbabilities(Probabilities(fresh.scores, 5, 4), fresh.truth)) {
    inside += own >= least ? 1 : 0;
  }
  EXPECT_NEAR(inside / 20000, 0.9, 0.015);
}

TEST(Calibrate, TooFewPhotosPromiseByAllLabels) {
  EXPECT_EQ(LeastShare({0.9F, 0.8F, 0.7F}, 0.95), 0);
  EXPECT_FLOAT_EQ(static_cast<float>(LeastShare(std::vector<float>(19, 0.7F), 0.95)), 0.7F);
  EXPECT_EQ(LeastShare({}, 0.95), 0);
}

TEST(Calibrate, AreaUnderCurveByHand) {
  EXPECT_EQ(AreaUnderCurve(std::vector{1.0, 2.0}, std::vector{3.0, 4.0}), 1);
  EXPECT_EQ(AreaUnderCurve(std::vector{3.0, 4.0}, std::vector{1.0, 2.0}), 0);
  EXPECT_EQ(AreaUnderCurve(std::vector{1.0, 3.0}, std::vector{2.0, 3.0}), (1 + 1.5) / 4);
  EXPECT_EQ(AreaUnderCurve({}, std::vector{1.0}), 0.5);
}

TEST(Calibrate, QuantilesAndTheLikeliest) {
  EXPECT_EQ(Quantile({4, 1, 3, 2}, 0.25), 2);
  EXPECT_EQ(Quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_EQ(Quantile({}, 0.5), 0);
  EXPECT_EQ(Likeliest<float>(std::vector<float>{1, 3, 3, 5, 2, 1}, 3), (std::vector{1, 0}));
}

}  // namespace
}  // namespace verger
