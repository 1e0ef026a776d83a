// rounds.h: which rows are held out in which round.
#pragma once

#include <span>
#include <vector>

namespace verger {

inline constexpr int kRounds = 5;
inline constexpr int kNeverHeldOut = -1;

// Of each row the round in which it is held out. A group is held out as a whole; the groups of a
// label, in the order of their first rows, are dealt out to the rounds in turn. Where all groups of
// a label would be held out in one round, as its only group, they never are: the round would have
// nothing to learn the label from.
//
// Shape: labels and groups (rows); labels from 0.
std::vector<int> RoundsOf(std::span<const int> labels, std::span<const int> groups);

}  // namespace verger
