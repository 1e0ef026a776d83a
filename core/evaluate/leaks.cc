#include "core/evaluate/leaks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/runs/sample.h"
#include "core/runs/series.h"

namespace verger {
namespace {

// Other groups' photos that are looked at: of ten frames of a fruit a few may lie in one group.
constexpr std::size_t kOthers = 16;
// Of photos, this share lies nearer to one of another label than alike_across_labels.
constexpr double kShareAcross = 0.001;

std::vector<std::string> LabelsOf(const EvaluationRows& rows) {
  std::vector<std::string> labels;
  for (const int label : rows.labels) {
    labels.push_back(rows.label_names[static_cast<std::size_t>(label)]);
  }
  return labels;
}

// Calls visit(a, b) for frames at most kBeside places apart in their series, a before b.
template <typename Visit>
void ForFramesBeside(const EvaluationRows& rows, Visit visit) {
  const PhotoSeries all = FindSeries(rows.paths, LabelsOf(rows));
  std::vector<std::vector<std::size_t>> frames(static_cast<std::size_t>(all.series_count));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto& series = frames[static_cast<std::size_t>(all.series[row])];
    const auto place = static_cast<std::size_t>(all.places[row]);
    series.resize(std::max(series.size(), place + 1));
    series[place] = row;
  }
  for (const auto& series : frames) {
    for (std::size_t a = 0; a < series.size(); ++a) {
      for (std::size_t b = a + 1; b < series.size() && b <= a + kBeside; ++b) {
        visit(series[a], series[b]);
      }
    }
  }
}

std::span<const char> AsChars(std::span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

double AlikeAcrossLabels(const Neighbours& of_other_labels) {
  std::vector<float> cosines;
  for (const auto& list : of_other_labels) {
    if (!list.empty()) cosines.push_back(list[0].cosine);
  }
  if (cosines.empty()) return kAlike;
  std::sort(cosines.begin(), cosines.end());
  const auto beyond = static_cast<std::size_t>(kShareAcross * static_cast<double>(cosines.size()));
  return std::max(kAlike, static_cast<double>(cosines[cosines.size() - 1 - beyond]));
}

}  // namespace

std::vector<std::size_t> RowsToCompare(const EvaluationRows& rows) {
  std::vector<std::size_t> all(rows.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = row;
  if (all.size() <= kMaxCompared) return all;
  const std::size_t count = std::max<std::size_t>(1, kMaxCompared * kMaxCompared / all.size());
  std::vector<std::pair<std::uint64_t, std::size_t>> ranked;
  for (const std::size_t row : all) ranked.emplace_back(SampleRank(rows.paths[row]), row);
  std::nth_element(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count),
                   ranked.end());
  all.clear();
  for (std::size_t i = 0; i < count; ++i) all.push_back(ranked[i].second);
  std::sort(all.begin(), all.end());
  return all;
}

Result<Likeness> Compare(const EvaluationRows& rows, std::span<const int> groups,
                         const Split& random, int threads, const Progress& progress) {
  std::vector<std::uint8_t> trained;
  for (const Role role : random) trained.push_back(role == Role::kTrain ? 1 : 0);
  const NeighbourKind kinds[] = {
      {kOthers, Labels::kAny, {}, groups},
      {1, Labels::kSame, trained, {}},
      {1, Labels::kOther, trained, {}},
      {1, Labels::kOther, {}, {}},
  };
  Likeness likeness;
  likeness.compared = RowsToCompare(rows);
  VERGER_ASSIGN_OR_RETURN(std::vector<Neighbours> neighbours,
                          FindNeighbours(rows, likeness.compared, rows, kinds, threads, progress));
  likeness.alike_across_labels = AlikeAcrossLabels(neighbours[3]);

  std::map<std::size_t, Leak> beside;  // the nearest frame of each tested photo
  ForFramesBeside(rows, [&](std::size_t a, std::size_t b) {
    const double cosine = CosineOf(rows, a, b);
    if (cosine < kAlikeBeside) return;
    likeness.beside.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)});
    if (random[a] == random[b]) return;
    if (random[a] == Role::kTrain) std::swap(a, b);
    Leak& nearest = beside.try_emplace(a, Leak{a, b, cosine, true}).first->second;
    if (cosine > nearest.cosine) nearest = {a, b, cosine, true};
  });
  for (std::size_t i = 0; i < likeness.compared.size(); ++i) {
    const std::size_t row = likeness.compared[i];
    if (random[row] != Role::kTest) continue;
    ++likeness.tested;
    std::optional<Leak> leak;
    const auto consider = [&](const std::vector<Neighbour>& list, double alike) {
      if (list.empty() || list[0].cosine < alike) return;
      if (!leak || list[0].cosine > leak->cosine) leak = {row, list[0].row, list[0].cosine, false};
    };
    consider(neighbours[1][i], kAlike);
    consider(neighbours[2][i], likeness.alike_across_labels);
    const auto frame = beside.find(row);
    if (frame != beside.end() && (!leak || frame->second.cosine >= leak->cosine)) {
      leak = frame->second;
    }
    if (leak) likeness.leaks.push_back(*leak);
  }
  likeness.others = std::move(neighbours[0]);
  return likeness;
}

std::vector<RowPair> EqualRows(const EvaluationRows& rows) {
  std::unordered_map<std::string_view, std::size_t> first;
  std::vector<RowPair> pairs;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::span<const char> bytes = AsChars(rows.row(row));
    const auto [at, is_new] = first.try_emplace({bytes.data(), bytes.size()}, row);
    if (is_new) continue;
    pairs.push_back({static_cast<std::uint32_t>(at->second), static_cast<std::uint32_t>(row)});
  }
  return pairs;
}

std::int64_t SetAside(const EvaluationRows& rows, const Likeness& likeness, Split* split) {
  std::vector<bool> aside(rows.size());
  const auto consider = [&](std::size_t a, std::size_t b) {
    if ((*split)[a] == Role::kTest && (*split)[b] == Role::kTrain) aside[b] = true;
    if ((*split)[b] == Role::kTest && (*split)[a] == Role::kTrain) aside[a] = true;
  };
  for (std::size_t i = 0; i < likeness.compared.size(); ++i) {
    for (const Neighbour& other : likeness.others[i]) {
      if (other.cosine < likeness.alike_across_labels) break;
      consider(likeness.compared[i], other.row);
    }
  }
  for (const RowPair& pair : likeness.beside) consider(pair.a, pair.b);

  struct Counts {
    std::int64_t trained = 0;
    std::int64_t aside = 0;
  };
  std::vector<Counts> of_label(rows.label_names.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Counts& counts = of_label[static_cast<std::size_t>(rows.labels[row])];
    if ((*split)[row] == Role::kTrain) ++counts.trained;
    if (aside[row]) ++counts.aside;
  }
  std::int64_t count = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Counts& counts = of_label[static_cast<std::size_t>(rows.labels[row])];
    if (!aside[row] || 2 * counts.aside > counts.trained) continue;
    (*split)[row] = Role::kOut;
    ++count;
  }
  return count;
}

Result<std::int64_t> CountAlike(const EvaluationRows& tested, const EvaluationRows& trained,
                                double alike_across_labels, int threads, const Progress& progress) {
  const NeighbourKind kinds[] = {{1, Labels::kSame, {}, {}}, {1, Labels::kOther, {}, {}}};
  const std::vector<std::size_t> all = RowsToCompare(tested);
  VERGER_ASSIGN_OR_RETURN(const std::vector<Neighbours> neighbours,
                          FindNeighbours(tested, all, trained, kinds, threads, progress));
  std::int64_t count = 0;
  for (std::size_t row = 0; row < all.size(); ++row) {
    const auto reaches = [row](const Neighbours& lists, double alike) {
      return !lists[row].empty() && lists[row][0].cosine >= alike;
    };
    if (reaches(neighbours[0], kAlike) || reaches(neighbours[1], alike_across_labels)) ++count;
  }
  // Of a sample, as many as that makes of all.
  const double share =
      all.empty() ? 0 : static_cast<double>(count) / static_cast<double>(all.size());
  return static_cast<std::int64_t>(std::llround(share * static_cast<double>(tested.size())));
}

}  // namespace verger
