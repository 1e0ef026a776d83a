// photo_batch.h: a handful of planned photos, read and extracted.
#pragma once

#include <future>
#include <optional>
#include <span>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/runs/contents.h"
#include "cli/runs/plan.h"
#include "cli/runs/sources.h"
#include "cli/runs/todo.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// What became of one planned photo.
struct DonePhoto {
  PhotoRow row;
  bool taken_over = false;                // from a row of before, whose photo did not change
  bool fresh = false;                     // it went through the network just now
  ExtractedPtr extracted;                 // what came of it, here or in a row of before;
  std::optional<NewRow> new_row;          // or a row of this run has the features,
  std::shared_future<ExtractedPtr> twin;  // or another photo of the same bytes will have them
};

// What all workers of a run share. All of it is safe from many threads and outlives them.
struct Workshop {
  const Place& photos;
  const Plan& plan;
  const verger_extractor& extractor;
  Sources& sources;        // parts of before
  Contents& contents;      // of this run
  std::int64_t max_bytes;  // of an encoded photo
};

// Reads the photos, looks their contents up, and extracts those that are new.
// Errors: Failure, if the engine or a bucket fails; Damaged, if a part of before is not what was
//         written.
std::vector<DonePhoto> DoPhotos(std::span<const PlannedPhoto> planned, const Workshop& shop);

}  // namespace verger::cli
