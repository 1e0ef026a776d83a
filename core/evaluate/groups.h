// groups.h: groups of photos that must be tested together: none of them is trained on then.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace verger {

// Two rows, by their index.
struct RowPair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

// How many blocks a series is cut into that has most photos of its label.
inline constexpr int kBlocks = 8;

// A group for each photo, from 0 in the order of their first photos.
//
// A series (core/runs/series.h) is a group: its photos show the same fruit. One that has more than
// three quarters of its label's photos is cut into kBlocks blocks of frames one behind the other,
// since without it too little of the label would be left to learn from. Groups that `duplicates`
// join are one. Those should be copies of one photo: pairs that are merely near, such as a turning
// fruit has from each frame to the next, would chain whole labels together.
//
// Shape: a path and a label a photo.
std::vector<int> GroupRows(std::span<const std::string> paths, std::span<const std::string> labels,
                           std::span<const RowPair> duplicates = {});

// Groups that paths name, across labels. `pattern` is "folder:N", the folder N levels above the one
// that holds the photo (from 1), or a regular expression (ECMAScript) that is found in each path
// and whose first capture, else the whole match, is the group: "tray(\\d+)".
//
// Errors: kBadCall for no such pattern, and for paths it does not fit.
Result<std::vector<int>> GroupRowsByPattern(std::span<const std::string> paths,
                                            std::string_view pattern,
                                            std::span<const RowPair> duplicates = {});

}  // namespace verger
