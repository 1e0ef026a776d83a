// summary.h: what a command says when it is done.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/runs/extraction.h"
#include "cli/runs/manifest.h"

namespace verger::cli {

// For machines: inputs, rows, rejects, labels, model, speed; with a reduction, the PCA's too.
nlohmann::ordered_json SummaryJson(const Manifest& manifest, const ExtractionSummary& extraction);

// For people: a line or two, and up to 20 rejects with their reasons.
std::string SummaryText(const Manifest& manifest, const ExtractionSummary& extraction);
std::string ReductionText(const Manifest& manifest);

}  // namespace verger::cli
