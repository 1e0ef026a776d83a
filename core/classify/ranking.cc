#include "core/classify/ranking.h"

#include <algorithm>
#include <numeric>

namespace verger {

Ranking Rank(const Confidence& confidence, std::span<const float> probabilities, float novelty) {
  Ranking ranking;
  ranking.labels.resize(probabilities.size());
  std::iota(ranking.labels.begin(), ranking.labels.end(), std::size_t{0});
  std::stable_sort(ranking.labels.begin(), ranking.labels.end(), [&](std::size_t a, std::size_t b) {
    return probabilities[a] > probabilities[b];
  });
  while (ranking.set < ranking.labels.size() &&
         !(probabilities[ranking.labels[ranking.set]] < confidence.least_share)) {
    ++ranking.set;
  }
  ranking.unknown = confidence.most_novelty > 0 && novelty > confidence.most_novelty;
  return ranking;
}

}  // namespace verger
