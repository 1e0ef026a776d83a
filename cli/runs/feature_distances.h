// feature_distances.h: how far apart the features of some pairs of rows lie.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/runs/near_pairs.h"
#include "cli/runs/output.h"

namespace verger::cli {

// A row with features.
struct Source {
  std::uint32_t part = 0;  // index into a list of names
  std::uint32_t row = 0;   // among its rows that have features
};

// The features of row `row` of part `part` of Preprocessing of `output`, for each of `rows`; then
// the Euclidean distance of each of `pairs`, which are indices into `rows`.
//
// Requires: pairs are ascending.
// Cost:     reads each part that holds one of them, once for about every 256 MB of their features,
//           which is what it keeps in memory.
// Errors:   Failure kStorage for a damaged part.
std::vector<double> FeatureDistances(const Output& output, std::span<const Source> rows,
                                     std::span<const PointPair> pairs, ProgressMode progress);

}  // namespace verger::cli
