// metrics.h: figures of answers beside labels.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/classify/calibrate.h"

namespace verger {

// The answer to a photo that was tested.
struct Tested {
  std::size_t row = 0;
  int label = 0;
  int answer = 0;
  float probability = 0;        // of the answer
  float label_probability = 0;  // of the label
  float novelty = 0;            // how little it is like any label (core/classify/classifier.h)
  int set_size = 0;             // labels in its set
  bool in_set = false;          // the label is
  bool in_top3 = false;
};

// Of photos tested, in the order of a row of probabilities: Tested but for `row` and `novelty`.
//
// Shape: probabilities (labels). A label is in the set if its probability is at least
// `least_share`;
//        the answer always is. Of equal probabilities the first label's counts for more.
Tested Judge(std::span<const float> probabilities, int label, float least_share);

// 0 where there are no photos.
double Accuracy(std::span<const Tested> tested);
double Top3(std::span<const Tested> tested);
double Coverage(std::span<const Tested> tested);     // share of photos whose label is in their set
double MeanSetSize(std::span<const Tested> tested);  // in labels

// Mean of the F1 of each label that is a photo's label or answer.
// Source: scikit-learn's f1_score(average="macro", zero_division=0).
double MacroF1(std::span<const Tested> tested);

// Probability and accuracy of the answers, by bins of the probability.
std::vector<ReliabilityBin> Reliability(std::span<const Tested> tested);

// How well novelty tells unknown from known: the chance that a photo of an unknown label has more
// of it than one of a known label, equal ones counting half. 0.5 where there is none of one.
// Source: scikit-learn's roc_auc_score.
double Auroc(std::span<const float> known, std::span<const float> unknown);

// Share of known photos whose novelty is below a bound that at most `false_accepts` of the unknown
// ones are below.
double TrueAccepts(std::span<const float> known, std::span<const float> unknown,
                   double false_accepts);

}  // namespace verger
