// verify.h: whether an output is what its manifest says.
#pragma once

#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/runs/output.h"

namespace verger::cli {

struct Verification {
  std::uint64_t files = 0;            // checked
  std::vector<std::string> problems;  // a line each; empty if all is well
};

// Reads every file that the manifest names and checks sizes, checksums, counts, and that PCA,
// features and Results belong together; then looks for files that it does not name.
//
// Cost: reads the whole output once.
Verification Verify(const Output& output, ProgressMode progress);

}  // namespace verger::cli
