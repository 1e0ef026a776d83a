// choose.h: the fastest model that is as good.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/tune/measure.h"

namespace verger {

// Held to the base:
inline constexpr double kMostAccuracyLost = 0.005;  // where labels decide
inline constexpr double kLeastMeanCosine = 0.995;   // where they do not
inline constexpr double kLeastSpeed = 1.03;         // less is not worth other features

// Photos that must be classed before labels decide, of the base and of the candidate.
inline constexpr int kLeastClassed = 50;

struct Choice {
  std::size_t winner = 0;  // candidate
  bool by_labels = false;
  std::string rule;  // what decides, and why
  std::string why;   // what was taken, how fast and how near it is
  // Of each candidate, why it was not taken; "" of the one that was.
  std::vector<std::string> others;
  // Whether each candidate is as good as the base by the rule, however fast.
  std::vector<bool> as_good;
  std::size_t most_accurate = 0;  // by labels; the base where they do not decide
};

// The candidate with most photos a second of those that are as good as the base, the first; the
// base itself unless another is at least kLeastSpeed times as fast.
//
// Labels decide where the base tells them apart: where it classes at least kLeastClassed photos and
// is right at least a quarter of the way from always guessing the most frequent label to never
// erring: of many labels a sample holds few photos each, and half of them right is good then.
// A candidate is then as good if its accuracy is at most kMostAccuracyLost below the base's on the
// same photos; on so few that one of them counts for more, if it loses one. Labels that features do
// not tell apart, as dates, or too few of them, say nothing; then features must have
// kLeastMeanCosine to the base, and those of another network or input cannot be compared. A
// candidate that loses a photo that the base has is not as good.
Choice Choose(const TuneReport& report);

// A JSON object; verger_tune in abi/verger_tune.h has the keys.
std::string ToJson(const TuneReport& report, const Choice& choice);

}  // namespace verger
