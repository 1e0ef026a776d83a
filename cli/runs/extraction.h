// extraction.h: from photos to Preprocessing.
#pragma once

#include "cli/base/progress.h"
#include "cli/engine/handles.h"
#include "cli/runs/manifest.h"
#include "cli/runs/output.h"
#include "cli/runs/plan.h"

namespace verger::cli {

struct ExtractionOptions {
  int threads = 0;     // 0: UsableThreads()
  int batch_size = 0;  // photos the network sees at a time; 0: the library's choice
  PlanOptions plan;
  bool gather_added = false;  // Extraction::added
  ProgressMode progress = ProgressMode::kAuto;
  verger_decoder decoder{};  // as in ExtractorSettings
};

// What was there, and what was done.
struct ExtractionSummary {
  std::int64_t inputs = 0;
  std::int64_t vanished_kept = 0;  // of them, rows of photos that are listed no more
  std::int64_t outdated = 0;       // rows of another network, which go
  std::int64_t reused = 0;         // rows that were there already, or whose content was
  std::int64_t extracted = 0;      // photos that went through the network, or were rejected now
  std::int64_t repaired = 0;       // damaged parts that were made again
  double seconds = 0;              // of extracting
  verger_listing_counts files{sizeof(files), {}, {}};  // of the listing, by kind
  std::vector<UnreadFolder> unread;                    // folders that could not be listed
  bool committed = true;                               // false: the output is as it was
  std::vector<std::string> isolation;                  // Isolation::layers(); empty without
};

// An extraction that is durable but not yet a version of the output.
struct Extraction {
  Manifest manifest;      // with the latest reduction if it still fits
  MomentsHandle moments;  // of all its rows
  MomentsHandle added;    // of those whose features the latest version does not have, if wished
  bool changed = false;   // against the output's latest version
};

// Makes the output's features those of all photos below `photos`, doing only what is missing.
// Parts appear as they are finished; memory does not grow with the number of photos. Nothing of the
// latest version is touched: the caller commits the manifest.
//
// Errors: Failure, kUsage if the output was made in another path mode; Interrupted. All that is
// done
//         by then is durable.
Extraction Extract(Output& output, const Place& photos, const verger_model& model,
                   const ModelIdentity& identity, const ExtractionOptions& options,
                   ExtractionSummary* summary);

// Makes what is extracted a version of its own, but only where that takes no Results away: for runs
// that cannot go on. Otherwise the next run takes the parts over. Returns whether it did.
bool KeepWithoutResults(Output& output, const Manifest& manifest);

}  // namespace verger::cli
