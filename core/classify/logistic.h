// logistic.h: multinomial logistic regression.
#pragma once

#include <functional>
#include <span>

#include "core/base/result.h"
#include "core/classify/classifier.h"

namespace verger {

struct LogisticSettings {
  double penalty = 1;  // the factor of 1/2 |weights|^2 beside the sum of the rows' losses
  int most_iterations = 500;
  double tolerance = 1e-6;  // ends where no entry of the gradient is above it times the rows
  int threads = 1;
};

// The weights of least loss; the bias is not penalised.
//
// Shape:  rows (labels.size(), dimension), row-major; labels from 0 to label_count - 1.
// Errors: kBadCall for a penalty that is not above 0.
// Cost:   2 * rows * dimension * label_count multiply-adds an iteration, some 50 to 300 of them.
// Source: scikit-learn's LogisticRegression(C=1/penalty) has the same minimum; limited-memory BFGS
//         of Nocedal (1980).
Result<LinearScores> FitLogistic(std::span<const float> rows, int dimension,
                                 std::span<const int> labels, int label_count,
                                 const LogisticSettings& settings);

}  // namespace verger
