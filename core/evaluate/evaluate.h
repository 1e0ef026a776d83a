// evaluate.h: how good a classifier of these features is on photos unlike its training photos.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/classify/train.h"
#include "core/evaluate/figures.h"
#include "core/evaluate/leaks.h"
#include "core/evaluate/rows.h"
#include "core/evaluate/suspects.h"
#include "core/evaluate/unknown.h"

namespace verger {

struct EvaluateSettings {
  Method method = Method::kRelative;
  std::optional<double> shrinkage;     // as of TrainSettings
  std::optional<Transform> transform;  // as of TrainSettings
  double penalty = 1;
  std::string groups;              // a pattern of GroupRowsByPattern; "": by names
  bool names_say_nothing = false;  // they are hashed: groups are of photos that are alike
  int threads = 1;
};

inline constexpr double kMostAlike = 0.01;

// The naive and the honest score.
struct Inflation {
  double naive = 0;   // accuracy of the random split
  double honest = 0;  // the least accuracy of the splits that do not leak; `test` is one of them if
                      // at most kMostAlike of its photos are alike one that is trained on
  std::string split;  // which that is
  double points = 0;  // what the naive score is too high by
  std::string reason;
};

struct Evaluation {
  std::int64_t photos = 0;            // that were taken
  std::int64_t photos_of_output = 0;  // of which these may be a sample; 0: not known
  Method method = Method::kRelative;
  int groups_count = 0;
  Figures random;
  std::optional<Figures> angle;
  std::optional<Figures> axis;
  Figures groups;
  std::optional<Figures> test;       // of another output
  std::int64_t test_alike = 0;       // photos of it that are alike one of this output
  std::int64_t test_new_labels = 0;  // photos of it whose label is not trained on
  Inflation inflation;
  // Of this output's own splits, the one of least accuracy that does not leak; several are folds.
  std::string own_split;
  std::vector<Split> own_splits;
  Unknown unknown;
  std::string unknown_split;
  Likeness likeness;
  std::vector<Confused> confusion;  // of own_split
  std::vector<Tested> mistakes;     // of own_split
  std::vector<LabelError> label_errors;
  std::vector<Confused> test_confusion;
  std::vector<Tested> test_mistakes;
};

// `test`: photos of another output, with the same label names; null: none.
//
// Errors: kBadFeatures where no label has two groups of photos, so that nothing could be tested,
//         and as Train; kBadCall for settings that are none; kStopped.
// Cost:   a training for each split, five of groups, five of unknown fruit; a comparison of all
//         photos with all, bounded (leaks.h).
// Memory: about three times the features.
Result<Evaluation> Evaluate(const EvaluationRows& rows, const EvaluationRows* test,
                            const EvaluateSettings& settings, const Progress& progress);

}  // namespace verger
