#include "core/evaluate/figures.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/evaluate/metrics.h"

namespace verger {
namespace {

double ChanceOf(const std::vector<Tested>& tested) {
  std::map<int, std::int64_t> photos;
  std::int64_t most = 0;
  for (const Tested& photo : tested) most = std::max(most, ++photos[photo.label]);
  return tested.empty() ? 0 : static_cast<double>(most) / static_cast<double>(tested.size());
}

}  // namespace

Figures FiguresOf(const Trial& trial) {
  Figures figures;
  figures.accuracy = Accuracy(trial.tested);
  figures.macro_f1 = MacroF1(trial.tested);
  figures.top3 = Top3(trial.tested);
  figures.reliability = Reliability(trial.tested);
  figures.calibration_error = CalibrationError(figures.reliability);
  figures.coverage = Coverage(trial.tested);
  figures.set_size = MeanSetSize(trial.tested);
  figures.chance = ChanceOf(trial.tested);
  figures.photos_trained = trial.trained;
  figures.photos_tested = static_cast<std::int64_t>(trial.tested.size());
  figures.photos_left_out = trial.left_out;
  std::set<int> labels;
  for (const Tested& photo : trial.tested) labels.insert(photo.label);
  figures.labels = static_cast<int>(labels.size());
  figures.transform = trial.transform;
  figures.shrinkage = trial.shrinkage;
  return figures;
}

}  // namespace verger
