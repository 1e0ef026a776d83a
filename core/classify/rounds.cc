#include "core/classify/rounds.h"

#include <cstddef>
#include <unordered_map>

namespace verger {

std::vector<int> RoundsOf(std::span<const int> labels, std::span<const int> groups) {
  std::unordered_map<int, int> round_of_group;
  std::unordered_map<int, int> groups_of_label;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    // Not all labels begin with the same round: rounds of labels with few groups stay alike.
    if (round_of_group.contains(groups[i])) continue;
    round_of_group[groups[i]] = (labels[i] + groups_of_label[labels[i]]++) % kRounds;
  }
  // A label, all of whose rows lie in groups of one round, would not be known to that round. Groups
  // may span labels, so that this is seen only when all have their round.
  constexpr int kSeveral = -2;
  std::unordered_map<int, int> round_of_label;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const int round = round_of_group.at(groups[i]);
    const auto [label, is_new] = round_of_label.try_emplace(labels[i], round);
    if (!is_new && label->second != round) label->second = kSeveral;
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (round_of_label.at(labels[i]) != kSeveral) round_of_group[groups[i]] = kNeverHeldOut;
  }
  std::vector<int> rounds;
  rounds.reserve(labels.size());
  for (const int group : groups) rounds.push_back(round_of_group.at(group));
  return rounds;
}

}  // namespace verger
