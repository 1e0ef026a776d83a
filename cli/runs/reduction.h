// reduction.h: from moments and Preprocessing to PCA and Results.
#pragma once

#include "cli/base/progress.h"
#include "cli/engine/handles.h"
#include "cli/runs/manifest.h"
#include "cli/runs/output.h"

namespace verger::cli {

struct ReductionOptions {
  PcaSettings settings;
  bool keep_pca = false;  // the latest version's, whatever `settings` says
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
};

// Errors: Failure kUsage if the output has no PCA of features like `model`'s that could be kept.
void RequirePcaToKeep(const Output& output, const ModelIdentity& model);

// Fits a PCA to `moments`, projects every part of the manifest's Preprocessing, and makes both
// the manifest's reduction. Parts of the latest version that are what would be made again stay.
// Nothing of the latest version is touched: the caller commits the manifest.
//
// Cost:   reads every part of Preprocessing once; `threads` parts in memory at a time.
// Errors: Failure kBadInput if the photos do not allow the components, or if there is no PCA of
//         their network to keep; Interrupted.
void Reduce(Output& output, const verger_moments& moments, const ReductionOptions& options,
            Manifest* manifest);

}  // namespace verger::cli
