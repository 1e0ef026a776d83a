// erasure.h: erases photos from an output, as if they had never been in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/runs/classifier_erasure.h"
#include "cli/runs/output.h"
#include "cli/runs/reduction.h"

namespace verger::cli {

struct ErasureOptions {
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
};

struct ErasureSummary {
  bool has_matches = false;  // a photo of these names
  std::int64_t rows = 0;     // with features, that went
  std::int64_t rejects = 0;  // that went
  std::int64_t parts = 0;    // of Preprocessing, written again or removed
  std::int64_t files = 0;    // read again for the proof
  bool reduced = false;      // the PCA was fitted again, without them
  ErasedClassifier classifier;
};

// Erases every photo whose path, folder or label is one of `names`. Parts that contain one are
// written again without it, the moments are gathered, the PCA fitted and the classifier trained
// again; then the old files are removed, and all remaining files are read to check that none
// contains one of the paths. Taught photos of such a label are erased too.
//
// If no photo has any of the names, the files are only searched for them. So a call that was killed
// before its check is completed by the same call: the output must not store which names those were.
// If only some of the names match photos, another is probably misspelt: nothing is changed.
//
// Cost:   reads all parts three times, writes those that held one and all of Results.
// Errors: Failure kBadInput, before anything is done, if only some of the names match photos, or if
//         the PCA cannot be fitted to the rest; kFailed, naming the file, if something is found
//         again; kStorage; Interrupted.
ErasureSummary Forget(Output& output, const std::vector<std::string>& names,
                      const ErasureOptions& options);

}  // namespace verger::cli
