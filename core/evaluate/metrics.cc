#include "core/evaluate/metrics.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

#include "core/classify/calibrate.h"

namespace verger {
namespace {

template <typename Value>
double MeanOf(std::span<const Tested> tested, Value value) {
  if (tested.empty()) return 0;
  double sum = 0;
  for (const Tested& photo : tested) sum += static_cast<double>(value(photo));
  return sum / static_cast<double>(tested.size());
}

}  // namespace

Tested Judge(std::span<const float> probabilities, int label, float least_share) {
  Tested tested;
  tested.label = label;
  const auto at = static_cast<std::size_t>(label);
  tested.label_probability = probabilities[at];
  std::size_t best = 0;
  int better = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const float probability = probabilities[i];
    if (probability > probabilities[best]) best = i;
    if (probability >= least_share) ++tested.set_size;
    if (probability > probabilities[at] || (probability == probabilities[at] && i < at)) ++better;
  }
  tested.answer = static_cast<int>(best);
  tested.probability = probabilities[best];
  tested.in_top3 = better < 3;
  tested.in_set = probabilities[at] >= least_share;
  return tested;
}

double Accuracy(std::span<const Tested> tested) {
  return MeanOf(tested, [](const Tested& photo) { return photo.answer == photo.label; });
}

double Top3(std::span<const Tested> tested) {
  return MeanOf(tested, [](const Tested& photo) { return photo.in_top3; });
}

double Coverage(std::span<const Tested> tested) {
  return MeanOf(tested, [](const Tested& photo) { return photo.in_set; });
}

double MeanSetSize(std::span<const Tested> tested) {
  return MeanOf(tested, [](const Tested& photo) { return photo.set_size; });
}

double MacroF1(std::span<const Tested> tested) {
  struct Counts {
    std::int64_t right = 0;
    std::int64_t labels = 0;   // photos of the label
    std::int64_t answers = 0;  // photos called that
  };
  std::map<int, Counts> of_label;
  for (const Tested& photo : tested) {
    ++of_label[photo.label].labels;
    ++of_label[photo.answer].answers;
    if (photo.label == photo.answer) ++of_label[photo.label].right;
  }
  if (of_label.empty()) return 0;
  double sum = 0;
  for (const auto& [label, counts] : of_label) {
    sum += 2.0 * static_cast<double>(counts.right) /
           static_cast<double>(counts.labels + counts.answers);
  }
  return sum / static_cast<double>(of_label.size());
}

std::vector<ReliabilityBin> Reliability(std::span<const Tested> tested) {
  std::vector<float> probabilities;
  std::vector<bool> right;
  for (const Tested& photo : tested) {
    probabilities.push_back(photo.probability);
    right.push_back(photo.answer == photo.label);
  }
  return Reliability(probabilities, right);
}

double Auroc(std::span<const float> known, std::span<const float> unknown) {
  return AreaUnderCurve(std::vector<double>(known.begin(), known.end()),
                        std::vector<double>(unknown.begin(), unknown.end()));
}

double TrueAccepts(std::span<const float> known, std::span<const float> unknown,
                   double false_accepts) {
  if (known.empty()) return 0;
  if (unknown.empty()) return 1;
  std::vector<float> sorted(unknown.begin(), unknown.end());
  std::sort(sorted.begin(), sorted.end());
  const auto accepted =
      static_cast<std::size_t>(false_accepts * static_cast<double>(sorted.size()));
  if (accepted >= sorted.size()) return 1;
  // Nearer than the first unknown photo that must be refused.
  const float bound = sorted[accepted];
  const auto within =
      std::count_if(known.begin(), known.end(), [&](float each) { return each < bound; });
  return static_cast<double>(within) / static_cast<double>(known.size());
}

}  // namespace verger
