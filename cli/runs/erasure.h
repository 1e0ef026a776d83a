// erasure.h: photos that must be as if they had never been there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/runs/output.h"
#include "cli/runs/reduction.h"

namespace verger::cli {

struct ErasureOptions {
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
};

struct ErasureSummary {
  bool found = false;        // a photo of these names
  std::int64_t rows = 0;     // with features, that went
  std::int64_t rejects = 0;  // that went
  std::int64_t parts = 0;    // of Preprocessing, written again or removed
  std::int64_t files = 0;    // read again for the proof
  bool reduced = false;      // the PCA was fitted again, without them
};

// Takes the rows of photos out of the output: every photo whose path, folder or label is one of
// `names`. Parts that hold one are written again without it, moments are gathered and a PCA is
// fitted as if it had never been there; then what was before is removed, and everything left is
// read to see that none of their paths is in it.
//
// Names of which no photo has any are only looked for in that way. So a call that was killed before
// its proof is completed by the same call: nothing in the output may say which names those were.
// Where only some of the names have no photo, one of them is likely misspelt: nothing is done.
//
// Cost:   reads all parts three times, writes those that held one and all of Results.
// Errors: Failure kBadInput, before anything is done, for a name that no photo has beside one that
//         has, or if the PCA cannot be fitted to what is left; kFailed, naming the file, if
//         something is found again; kStorage; Interrupted.
ErasureSummary Forget(Output& output, const std::vector<std::string>& names,
                      const ErasureOptions& options);

}  // namespace verger::cli
