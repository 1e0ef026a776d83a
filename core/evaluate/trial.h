// trial.h: a classifier trained on one part of the photos and tested on another.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/classify/train.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/rows.h"
#include "core/evaluate/splits.h"

namespace verger {

struct Trial {
  std::vector<Tested> tested;  // in the order of their rows
  std::int64_t trained = 0;    // photos
  std::int64_t left_out = 0;   // photos that were neither
  Transform transform = Transform::kNone;
  double shrinkage = 0;
};

// Answers to `which` rows, by a classifier whose labels are among `rows`'s. Rows of other labels
// have no label (-1).
//
// Cost: as Answer, over `threads`; in pieces, so that probabilities never take more than those of
//       4,096 rows a thread.
std::vector<Tested> Test(const Classifier& classifier, const EvaluationRows& rows,
                         std::span<const std::size_t> which, int threads);

// Trains on the photos of `split` whose role that is.
//
// Shape:  a group and a role a row.
// Errors: as Train.
// Memory: a copy of the rows trained on, and what Train takes.
Result<Classifier> TrainOn(const EvaluationRows& rows, const Split& split,
                           std::span<const int> groups, const TrainSettings& settings);

// Both. Errors: as Train.
Result<Trial> Try(const EvaluationRows& rows, const Split& split, std::span<const int> groups,
                  const TrainSettings& settings);

// A trial for each fold, as one: each photo is tested once, by photos of other folds.
// Photos whose fold is below 0 are always trained on. The settings returned are those of the last.
//
// Errors: as Train.
Result<Trial> TryFolds(const EvaluationRows& rows, std::span<const Split> folds,
                       std::span<const int> groups, const TrainSettings& settings);

}  // namespace verger
