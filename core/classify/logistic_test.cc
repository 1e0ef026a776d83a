#include "core/classify/logistic.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/classify/test_rows.h"

namespace verger {
namespace {

// The gradient of the loss, by its definition: 0 at the minimum, of which there is one.
std::vector<double> GradientAt(const LabelledRows& rows, const LinearScores& fit, double penalty) {
  const auto width = static_cast<std::size_t>(rows.dimension);
  const std::size_t labels = fit.bias.size();
  std::vector<double> gradient(labels * (width + 1));
  for (std::size_t i = 0; i < labels * width; ++i) gradient[i] = penalty * fit.weights[i];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<double> scores = fit.bias;
    double sum = 0;
    for (std::size_t c = 0; c < labels; ++c) {
      for (std::size_t j = 0; j < width; ++j) {
        scores[c] += fit.weights[c * width + j] * rows.features[i * width + j];
      }
      sum += std::exp(scores[c]);
    }
    for (std::size_t c = 0; c < labels; ++c) {
      const double miss =
          std::exp(scores[c]) / sum - (rows.labels[i] == static_cast<int>(c) ? 1 : 0);
      for (std::size_t j = 0; j < width; ++j) {
        gradient[c * width + j] += miss * rows.features[i * width + j];
      }
      gradient[labels * width + c] += miss;
    }
  }
  return gradient;
}

TEST(Logistic, FindsTheMinimum) {
  const LabelledRows rows = MakeRows(4, 90, 6, 0.7);  // labels overlap
  LogisticSettings settings;
  settings.penalty = 0.5;
  const auto fit = FitLogistic(rows.features, rows.dimension, rows.labels, 4, settings);
  ASSERT_TRUE(fit);
  for (const double entry : GradientAt(rows, *fit, settings.penalty)) {
    EXPECT_NEAR(entry, 0, 2 * settings.tolerance * static_cast<double>(rows.size()));
  }
}

TEST(Logistic, ThreadsChangeNothing) {
  const LabelledRows rows = MakeRows(3, 400, 5, 0.7);
  LogisticSettings settings;
  const auto one = FitLogistic(rows.features, rows.dimension, rows.labels, 3, settings);
  settings.threads = 3;
  const auto three = FitLogistic(rows.features, rows.dimension, rows.labels, 3, settings);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->weights, three->weights);
  EXPECT_EQ(one->bias, three->bias);
}

TEST(Logistic, RefusesAPenaltyThatIsNone) {
  const LabelledRows rows = MakeRows(2, 5, 3);
  LogisticSettings settings;
  settings.penalty = 0;
  EXPECT_FALSE(FitLogistic(rows.features, rows.dimension, rows.labels, 2, settings));
}

}  // namespace
}  // namespace verger
