// suspects.h: photos that a person should look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/rows.h"

namespace verger {

inline constexpr std::size_t kMostSuspects = 50;

// Photos of a label that are given another.
struct Confused {
  int label = 0;
  int answer = 0;
  std::int64_t photos = 0;
};

// All that there is between labels and answers, right ones too; by label, then answer.
std::vector<Confused> Confusion(std::span<const Tested> tested);

// Wrong answers, the most confident first, at most kMostSuspects.
std::vector<Tested> WorstMistakes(std::span<const Tested> tested);

struct LabelError {
  Tested tested;
  int neighbours = 0;  // that were looked at
  int of_answer = 0;   // of them, those that have the label that is the answer
  int of_label = 0;    // of them, those that have the photo's own label
};

// Photos whose label is likely wrong: a classifier that did not see them says otherwise with high
// probability, and most photos that look alike have the label that it says. Most of these first,
// then the most confident, at most kMostSuspects.
//
// Cost:   a comparison of at most 200 photos with all.
// Errors: kStopped.
Result<std::vector<LabelError>> LikelyLabelErrors(const EvaluationRows& rows,
                                                  std::span<const Tested> tested, int threads,
                                                  const Progress& progress);

}  // namespace verger
