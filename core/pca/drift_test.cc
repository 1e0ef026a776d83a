#include "core/pca/drift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace verger {
namespace {

constexpr int kWidth = 6;

// Most of the variance lies in the first two columns; the mean is `offset` in the last one.
Moments Features(int rows, unsigned seed, float offset = 0) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> features;
  for (int i = 0; i < rows * kWidth; ++i) {
    const int column = i % kWidth;
    features.push_back(normal(generator) * (column < 2 ? 10.0F : 1.0F) +
                       (column == kWidth - 1 ? offset : 0.0F));
  }
  Moments moments(kWidth);
  moments.Add(features);
  return moments;
}

TEST(Drift, IsNoneOfTheFeaturesThatWereFitted) {
  const Moments fitted = Features(500, 1);
  const Pca pca = *Fit(fitted, {.count = 2});
  const Drift drift = *DriftOf(pca, fitted);
  EXPECT_EQ(drift.rows, 500);
  EXPECT_NEAR(drift.mean_shift, 0, 1e-12);
  EXPECT_NEAR(drift.residual, drift.expected_residual, 1e-12);
  EXPECT_NEAR(drift.expected_residual, 4.0 / 204, 0.01);
  EXPECT_FALSE(drift.refit);
}

TEST(Drift, OfMoreOfTheSameIsSmall) {
  const Pca pca = *Fit(Features(500, 1), {.count = 2});
  const Drift drift = *DriftOf(pca, Features(400, 2));
  EXPECT_LT(drift.mean_shift, 3 / std::sqrt(400.0));
  EXPECT_NEAR(drift.residual, drift.expected_residual, 0.01);
  EXPECT_FALSE(drift.refit);
}

TEST(Drift, FindsWhatLiesBesideTheComponents) {
  const Moments fitted = Features(500, 1);
  const Pca pca = *Fit(fitted, {.count = 2});
  const Drift drift = *DriftOf(pca, Features(400, 2, 30));
  // A shift of 30 against a variance of 204.
  EXPECT_NEAR(drift.mean_shift, 30 / std::sqrt(204.0), 0.1);
  EXPECT_NEAR(drift.residual, (900 + 4) / (900 + 204.0), 0.03);
  EXPECT_TRUE(drift.refit);
}

// A few features lie far from the mean by chance alone.
TEST(Drift, OfAFewOfTheSameAsksForNoFit) {
  const Pca pca = *Fit(Features(500, 1), {.count = kWidth});  // so that only the mean counts
  int far = 0;
  for (unsigned seed = 2; seed < 12; ++seed) {
    const Drift drift = *DriftOf(pca, Features(20, seed));
    EXPECT_FALSE(drift.refit) << seed << ": " << drift.mean_shift;
    far += drift.mean_shift > 0.25 ? 1 : 0;
  }
  EXPECT_GT(far, 0) << "the bound of many features is passed";
}

TEST(Drift, RefusesWhatCannotBeCompared) {
  const Pca pca = *Fit(Features(500, 1), {.count = 2});
  EXPECT_FALSE(DriftOf(pca, Moments(kWidth)));
  EXPECT_FALSE(DriftOf(pca, Moments(kWidth + 1)));
}

}  // namespace
}  // namespace verger
