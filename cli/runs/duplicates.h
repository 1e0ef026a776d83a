// duplicates.h: finds equal and nearly equal photos of an output.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cli/base/progress.h"
#include "cli/runs/output.h"

namespace verger::cli {

struct DuplicatesOptions {
  // Also pairs whose features lie at most so far apart, in standard deviations. None: only equal
  // bytes are looked for.
  std::optional<double> within;
  std::size_t most = 100;      // of those pairs, nearest first; all are counted
  bool across_labels = false;  // only what has more than one label
  ProgressMode progress = ProgressMode::kAuto;
};

// The JSON object of `verger duplicates --json`, of the latest version of `output`: see
// verger_duplicates_finish. In near pairs, photos of equal bytes and label stand
// for one, the first by path.
//
// The standard deviation of the features is the root of their total variance, over the photos that
// the PCA was fitted to; two photos taken at random are about 1.4 of it apart.
//
// Cost:   reads Preprocessing; for near pairs Results too, and then the parts that hold
//         candidates. Memory: about 200 bytes a photo, for near pairs 6 more for each number in its
//         pca_features, and up to 256 MB of features.
// Errors: Failure kStorage for a damaged output; kBadInput if near pairs are asked for and there
//         are no Results; kUsage if more than a million pairs may be.
std::string FindDuplicates(const Output& output, const DuplicatesOptions& options);

}  // namespace verger::cli
