// unknown.h: how well photos of fruit that was not trained on are recognised as unknown.
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/evaluate/trial.h"

namespace verger {

struct Unknown {
  int draws = 0;
  int labels = 0;           // held out in a draw
  double auroc = 0;         // mean over the draws
  double true_accepts = 0;  // share of known photos accepted where 5 % of the unknown are: mean
};

inline constexpr int kDraws = 5;
inline constexpr int kLabelsHeldOut = 10;  // a fifth of the labels where they are fewer than 50
inline constexpr double kFalseAccepts = 0.05;

// Trains without labels that are drawn, and asks how much novelty the tested photos of these
// have beside the tested photos of labels that were trained on.
//
// Shape:  `splits` are taken in turn, a draw each.
// Returns: no draws if there are fewer than three labels.
// Errors: as Train.
Result<Unknown> MeasureUnknown(const EvaluationRows& rows, std::span<const Split> splits,
                               std::span<const int> groups, const TrainSettings& settings);

}  // namespace verger
