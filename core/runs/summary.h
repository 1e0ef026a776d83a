// summary.h: what a run says when it is done.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace verger {

enum class SummaryKind {
  kJson,        // for machines: all of it
  kExtraction,  // for people: the photos, and up to 20 rejects with their reasons
  kReduction,   // for people: the PCA, and the drift if it was kept
};

// The summary of a run, ending with a line feed. `manifest` is the JSON document of
// docs/feature-format.md, `facts` the JSON object of verger_summary in abi/verger_output.h.
//
// Errors: kBadOutput for a manifest, kBadCall for facts that lack a key or have another type.
Result<std::string> Summary(std::string_view manifest, std::string_view facts, SummaryKind kind);

// Why a run must not go on, with examples and the remedy, if more than the share `most` of the
// manifest's photos are rejects; "" if not. Errors: kBadOutput.
Result<std::string> TooManyRejects(std::string_view manifest, double most);

}  // namespace verger
