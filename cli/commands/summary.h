// summary.h: the summary that a command prints when it is done.
#pragma once

#include <cstdint>
#include <string>

#include "cli/runs/drift.h"
#include "cli/runs/extraction.h"
#include "cli/runs/manifest.h"

namespace verger::cli {

// The facts of a run for verger_summary, as JSON. `s3_retries`: Place::retries() of all its places.
// `drift` may be null.
std::string FactsOf(const ExtractionSummary& extraction, std::uint64_t s3_retries,
                    const Drift* drift);

// The summary of a run; extraction.committed: whether it committed `manifest`. The rest as FactsOf.
std::string SummaryOf(verger_summary_kind kind, const Manifest& manifest,
                      const ExtractionSummary& extraction, std::uint64_t s3_retries,
                      const Drift* drift = nullptr);

// Errors: Failure kTooManyRejects, with examples, if more than a share `most` of the photos was
//         rejected.
void RefuseTooManyRejects(const Manifest& manifest, double most);

}  // namespace verger::cli
