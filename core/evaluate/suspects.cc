#include "core/evaluate/suspects.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "core/evaluate/neighbours.h"

namespace verger {
namespace {

constexpr float kConfident = 0.5F;
constexpr std::size_t kMostCompared = 200;
constexpr std::size_t kNeighbours = 10;

std::vector<Tested> Wrong(std::span<const Tested> tested, std::size_t most) {
  std::vector<Tested> wrong;
  for (const Tested& photo : tested) {
    if (photo.answer != photo.label) wrong.push_back(photo);
  }
  std::sort(wrong.begin(), wrong.end(), [](const Tested& a, const Tested& b) {
    return std::tuple(-a.probability, a.row) < std::tuple(-b.probability, b.row);
  });
  wrong.resize(std::min(wrong.size(), most));
  return wrong;
}

}  // namespace

std::vector<Confused> Confusion(std::span<const Tested> tested) {
  std::map<std::pair<int, int>, std::int64_t> counts;
  for (const Tested& photo : tested) ++counts[{photo.label, photo.answer}];
  std::vector<Confused> all;
  for (const auto& [of, photos] : counts) all.push_back({of.first, of.second, photos});
  return all;
}

std::vector<Tested> WorstMistakes(std::span<const Tested> tested) {
  return Wrong(tested, kMostSuspects);
}

Result<std::vector<LabelError>> LikelyLabelErrors(const EvaluationRows& rows,
                                                  std::span<const Tested> tested, int threads,
                                                  const Progress& progress) {
  std::vector<Tested> confident = Wrong(tested, kMostCompared);
  std::erase_if(confident, [](const Tested& photo) { return photo.probability < kConfident; });
  std::vector<std::size_t> which;
  for (const Tested& photo : confident) which.push_back(photo.row);
  const NeighbourKind kinds[] = {{kNeighbours, Labels::kAny, {}, {}}};
  VERGER_ASSIGN_OR_RETURN(const std::vector<Neighbours> neighbours,
                          FindNeighbours(rows, which, rows, kinds, threads, progress));
  std::vector<LabelError> errors;
  for (std::size_t i = 0; i < confident.size(); ++i) {
    LabelError error{confident[i], 0, 0, 0};
    for (const Neighbour& neighbour : neighbours[0][i]) {
      const int label = rows.labels[neighbour.row];
      ++error.neighbours;
      if (label == error.tested.answer) ++error.of_answer;
      if (label == error.tested.label) ++error.of_label;
    }
    if (2 * error.of_answer > error.neighbours) errors.push_back(error);
  }
  std::sort(errors.begin(), errors.end(), [](const LabelError& a, const LabelError& b) {
    return std::tuple(-a.of_answer, -a.tested.probability, a.tested.row) <
           std::tuple(-b.of_answer, -b.tested.probability, b.tested.row);
  });
  errors.resize(std::min(errors.size(), kMostSuspects));
  return errors;
}

}  // namespace verger
