#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/pca/pca.h"

namespace verger {
namespace {

std::vector<float> Features(int rows, int width) {
  std::mt19937 generator(2);
  std::vector<float> features(static_cast<std::size_t>(rows) * width);
  for (float& value : features) value = 3 + static_cast<float>(generator()) / 4e9f;
  return features;
}

// Row counts on both sides of the block that is widened at a time.
TEST(Project, AgreesWithTheDefinition) {
  constexpr int kWidth = 67;
  const std::vector<float> all = Features(100, kWidth);
  Moments moments(kWidth);
  moments.Add(all);
  for (int components : {1, 3, 12, 50}) {
    const Pca pca = *Fit(moments, {.count = components});
    for (int rows : {0, 1, 4, 15, 16, 17, 100}) {
      for (Scores kind : {Scores::kCentred, Scores::kSpark}) {
        std::vector<float> scores(static_cast<std::size_t>(rows) * components);
        Project(pca, std::span(all).first(static_cast<std::size_t>(rows) * kWidth), kind, scores);
        for (int i = 0; i < rows; ++i) {
          for (int k = 0; k < components; ++k) {
            double sum = 0;
            for (int j = 0; j < kWidth; ++j) {
              const double mean = kind == Scores::kCentred ? pca.mean[j] : 0;
              sum += (all[i * kWidth + j] - mean) * pca.axes[k * kWidth + j];
            }
            ASSERT_NEAR(scores[i * components + k], sum, 1e-6 * (1 + std::abs(sum)));
          }
        }
      }
    }
  }
}

TEST(Project, GivesCentredScoresTheExplainedVariance) {
  constexpr int kWidth = 10;
  constexpr int kRows = 500;
  const std::vector<float> rows = Features(kRows, kWidth);
  Moments moments(kWidth);
  moments.Add(rows);
  const Pca pca = *Fit(moments, {.count = kWidth});
  std::vector<float> scores(rows.size());
  Project(pca, rows, Scores::kCentred, scores);
  Moments of_scores(kWidth);
  of_scores.Add(scores);
  std::size_t entry = 0;
  for (int i = 0; i < kWidth; ++i) {
    EXPECT_NEAR(of_scores.mean()[i], 0, 1e-7);
    for (int j = i; j < kWidth; ++j, ++entry) {
      const double expected = i == j ? pca.explained_variance[i] : 0;
      EXPECT_NEAR(of_scores.scatter()[entry] / (kRows - 1), expected, 1e-7);
    }
  }
}

}  // namespace
}  // namespace verger
