// summary.h: what a command says when it is done.
#pragma once

#include <string>

#include "cli/runs/drift.h"
#include "cli/runs/extraction.h"
#include "cli/runs/manifest.h"

namespace verger::cli {

// Of a run that made `manifest`, or did not: extraction.committed. `drift` may be null.
std::string SummaryOf(verger_summary_kind kind, const Manifest& manifest,
                      const ExtractionSummary& extraction, const Drift* drift = nullptr);

// Errors: Failure kTooManyRejects, with examples, if more than a share `most` of the photos was
//         rejected.
void RefuseTooManyRejects(const Manifest& manifest, double most);

}  // namespace verger::cli
