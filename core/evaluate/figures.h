// figures.h: the figures of one split.
#pragma once

#include <cstdint>
#include <vector>

#include "core/classify/calibrate.h"
#include "core/classify/transform.h"
#include "core/evaluate/trial.h"

namespace verger {

// Of one split.
struct Figures {
  double accuracy = 0;
  double macro_f1 = 0;
  double top3 = 0;
  std::vector<ReliabilityBin> reliability;
  double calibration_error = 0;  // of these bins
  double coverage = 0;           // of sets of labels that promise 0.95
  double set_size = 0;           // mean, in labels
  double chance = 0;             // accuracy of the answer that is always the most frequent label
  std::int64_t photos_trained = 0;
  std::int64_t photos_tested = 0;
  std::int64_t photos_left_out = 0;   // neither
  std::int64_t photos_set_aside = 0;  // not trained on for being alike a tested one
  int labels = 0;                     // tested
  Transform transform = Transform::kNone;
  double shrinkage = 0;
};

Figures FiguresOf(const Trial& trial);

}  // namespace verger
