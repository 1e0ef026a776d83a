// drift.h: whether the PCA of --keep-pca still fits new photos.
#pragma once

#include "abi/verger.h"
#include "cli/runs/manifest.h"
#include "cli/runs/output.h"

namespace verger::cli {

using Drift = verger_drift;

// Of the features in `fresh`, against the PCA of `reduction`; all 0 if there are none.
// Errors: Failure.
Drift DriftOf(const Output& output, const Reduction& reduction, const verger_moments& fresh);

}  // namespace verger::cli
