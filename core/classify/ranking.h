// ranking.h: what the probabilities of one photo say in words.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/classify/classifier.h"

namespace verger {

struct Ranking {
  std::vector<std::size_t> labels;  // all of them, likeliest first; of equal ones the first
  std::size_t set = 0;              // so many of the first are the photo's set
  bool unknown = false;             // the photo probably shows none of the labels
};

// Shape: probabilities (labels) and novelty of one row of Answers.
Ranking Rank(const Confidence& confidence, std::span<const float> probabilities, float novelty);

}  // namespace verger
