// train.h: trains a classifier, and measures it on held-out photos.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/classify/classifier.h"

namespace verger {

// Rows to learn from.
// Shape: features row-major, labels.size() x dimension; every value finite.
struct TrainingRows {
  int dimension = 0;
  std::span<const float> features;
  std::span<const int> labels;               // of each row, an index of label_names
  std::span<const int> groups;               // of each row: rows of one group are held out together
  std::span<const std::string> label_names;  // sorted; those without rows are left out
};

struct TrainSettings {
  Method method = Method::kRelative;
  // From 0 to 1: the share of the pooled covariance that gives way to a multiple of the identity of
  // the same trace. Nothing: chosen, as is the transform, on held-out groups.
  std::optional<double> shrinkage;
  std::optional<Transform> transform;
  double penalty = 1;  // of logistic regression, as 1 / C of scikit-learn
  double coverage = 0.95;
  double false_accepts = 0.05;  // of fewer than five labels, share of known photos called unknown
  bool calibrate =
      true;  // else no group is held out, and settings that are left out are usual ones
  int threads = 1;
  std::function<bool(int done, int total)> progress;  // false stops; may be empty
};

inline constexpr double kUsualShrinkage = 0.2;
inline constexpr double kUsualTemperature = 0.06;  // of relative distances

// Trains on all rows. Calibration and, where they are not given, the settings come from five rounds
// that each hold a fifth of the groups out of each label; the usual settings are taken unless
// others are better by more than a standard error.
//
// Errors: kBadFeatures for fewer than two labels, or rows that do not differ; kBadCall for settings
//         outside their bounds; kStopped.
// Cost:   of LDA rows * dimension^2 / 2 multiply-adds and dimension^3 / 6 a shrinkage; choosing and
//         calibrating take several times that.
// Memory: three times the features, and twice the moments of each fifth.
Result<Classifier> Train(const TrainingRows& rows, const TrainSettings& settings);

// The same from moments alone, without calibration: what a cluster gathers. `moments` are of
// features to which `transform` was applied.
//
// Errors: as Train; kBadCall for logistic regression.
Result<Classifier> TrainByMoments(ClassMoments moments, Method method, Transform transform,
                                  double shrinkage);

}  // namespace verger
