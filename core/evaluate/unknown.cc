#include "core/evaluate/unknown.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/runs/sample.h"

namespace verger {
namespace {

// Which labels are held out, by a rank that the draw and the name give.
std::vector<bool> Draw(const std::vector<std::string>& names, int draw, int count) {
  std::vector<std::pair<std::uint64_t, std::size_t>> ranked;
  for (std::size_t label = 0; label < names.size(); ++label) {
    ranked.emplace_back(SampleRank(fmt::format("{} {}", draw, names[label])), label);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<bool> held_out(names.size());
  for (int i = 0; i < count; ++i) held_out[ranked[static_cast<std::size_t>(i)].second] = true;
  return held_out;
}

}  // namespace

Result<Unknown> MeasureUnknown(const EvaluationRows& rows, std::span<const Split> splits,
                               std::span<const int> groups, const TrainSettings& settings) {
  Unknown all;
  const int names = static_cast<int>(rows.label_names.size());
  if (names < 3 || splits.empty()) return all;
  all.labels = std::clamp(names / 5, 1, kLabelsHeldOut);
  TrainSettings of_draw = settings;
  of_draw.method = Method::kRelative;  // novelty is the same by each
  of_draw.calibrate = false;
  for (int draw = 0; draw < kDraws; ++draw) {
    const std::vector<bool> held_out = Draw(rows.label_names, draw, all.labels);
    const Split& split = splits[static_cast<std::size_t>(draw) % splits.size()];
    Split without = split;
    std::vector<std::size_t> tested;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (without[row] == Role::kTest) tested.push_back(row);
      if (held_out[static_cast<std::size_t>(rows.labels[row])]) without[row] = Role::kOut;
    }
    auto trained = TrainOn(rows, without, groups, of_draw);
    // Fewer than two labels are left to learn from: the draw says nothing.
    if (!trained && trained.error().code == Code::kBadFeatures) continue;
    VERGER_ASSIGN_OR_RETURN(const Classifier classifier, std::move(trained));
    std::vector<float> known;
    std::vector<float> unknown;
    for (const Tested& photo : Test(classifier, rows, tested, settings.threads)) {
      (photo.label < 0 ? unknown : known).push_back(photo.novelty);
    }
    if (known.empty() || unknown.empty()) continue;
    ++all.draws;
    all.auroc += Auroc(known, unknown);
    all.true_accepts += TrueAccepts(known, unknown, kFalseAccepts);
  }
  if (all.draws > 0) {
    all.auroc /= all.draws;
    all.true_accepts /= all.draws;
  }
  return all;
}

}  // namespace verger
