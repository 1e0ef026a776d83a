// splits.h: which photos a classifier learns from, and on which it is tested.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace verger {

enum class Role : std::uint8_t { kOut, kTrain, kTest };

// A role for each photo.
using Split = std::vector<Role>;

// Of each label a quarter of its photos, rounded, is tested: those of least rank
// (core/runs/sample.h). A label of one photo is trained on.
//
// This is the naive split: frames of one video lie on both sides of it.
// Shape: a path and a label a photo.
Split SplitAtRandom(std::span<const std::string> paths, std::span<const int> labels);

// Whether all photos are called as those of Fruits-360, (r|r0|r1|r2 _) FRAME _100.jpg: a fruit
// turns about an axis once, 360 frames a turn.
bool NamedAsFruits360(std::span<const std::string> paths);

// Of Fruits-360: frames up to 239 of each turn are trained on, 250 to 349 tested. Those between lie
// next to both.
//
// Nothing where photos are called otherwise, or there would be none of a role.
std::optional<Split> SplitByAngle(std::span<const std::string> paths, std::span<const int> labels);

// Of Fruits-360: photos of the first axis (no prefix, or r0_) are trained on, those of others
// (r_, r1_, r2_) tested.
//
// Nothing where photos are called otherwise, or there would be none of a role.
std::optional<Split> SplitByAxis(std::span<const std::string> paths, std::span<const int> labels);

// Tests `fold`, trains on the others.
Split SplitByFold(std::span<const int> folds, int fold);

// Leaves tested photos out whose label is not trained on. Returns whether any is tested then.
bool LeaveOutNewLabels(std::span<const int> labels, Split* split);

}  // namespace verger
