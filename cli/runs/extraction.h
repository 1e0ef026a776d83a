// extraction.h: from photos to Preprocessing.
#pragma once

#include "cli/base/progress.h"
#include "cli/engine/handles.h"
#include "cli/runs/manifest.h"
#include "cli/runs/output.h"
#include "cli/runs/plan.h"

namespace verger::cli {

struct ExtractionOptions {
  int threads = 0;     // 0: as many as this process may use
  int batch_size = 0;  // photos the network sees at a time; 0: the library's choice
  PlanOptions plan;
  bool gather_added = false;  // Extraction::added
  ProgressMode progress = ProgressMode::kAuto;
};

// What was there, and what was done.
struct ExtractionSummary {
  std::int64_t inputs = 0;
  std::int64_t vanished_kept = 0;  // of them, rows of photos that are listed no more
  std::int64_t reused = 0;         // rows that were there already, or whose content was
  std::int64_t extracted = 0;      // photos that went through the network, or were rejected now
  std::int64_t repaired = 0;       // damaged parts made anew
  double seconds = 0;              // of extracting
};

// An extraction that is durable but not yet a version of the output.
struct Extraction {
  Manifest manifest;      // with the latest reduction if it still fits
  MomentsHandle moments;  // of all its rows
  MomentsHandle added;    // of those whose features the latest version does not have, if wished
  bool changed = false;   // against the output's latest version
};

// Makes the output's features those of all photos below `photos`, doing only what is missing.
// Parts appear as they are finished; memory does not grow with the number of photos but for their
// names. Nothing of the latest version is touched: the caller commits the manifest.
//
// Errors: Failure, kUsage if the output was made in another path mode; Interrupted. All that is
// done
//         by then is durable.
Extraction Extract(Output& output, const Place& photos, const verger_model& model,
                   const ModelIdentity& identity, const ExtractionOptions& options,
                   ExtractionSummary* summary);

// Errors: Failure kTooManyRejects, with examples, if more than a share `most` of the photos was
//         rejected.
void RefuseTooManyRejects(const Manifest& manifest, double most);

// Makes what is extracted a version of its own, but only where that takes no Results away: for runs
// that cannot go on. Otherwise the next run takes the parts over.
void KeepWithoutResults(Output& output, const Manifest& manifest);

// Of no rows yet.
MomentsHandle NewMoments(int dimension);

// Errors: Failure, with the remedy, if this machine cannot hold the moments of such features: those
//         that are gathered, what they are saved to or fitted from, and `more` beside them.
void RequireMemoryForMoments(int dimension, int more = 0);

// Publishes moments for the version that the next commit makes. Errors: Failure kStorage.
FileEntry SaveMoments(const Output& output, const verger_moments& moments);

// Errors: Failure kStorage, with the remedy, if the saved moments are damaged.
MomentsHandle LoadMoments(const Output& output, const Manifest& manifest);

// Threads this process may use.
int UsableThreads();

}  // namespace verger::cli
