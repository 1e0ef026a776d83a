// photo_batch.h: a handful of planned photos, read and extracted.
#pragma once

#include <future>
#include <optional>
#include <span>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/photos/listing.h"
#include "cli/runs/contents.h"
#include "cli/runs/plan.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// What became of one planned photo.
struct DonePhoto {
  PhotoRow row;
  bool taken_over = false;                // from a row of before, whose photo did not change
  std::optional<Source> source;           // where its features are
  ExtractedPtr extracted;                 // or they were extracted just now,
  std::shared_future<ExtractedPtr> twin;  // or are, for another photo of the same bytes
};

// Reads the photos, looks their contents up, and extracts those that are new.
// Errors: Failure, if the engine or a bucket fails. Safe from many threads.
std::vector<DonePhoto> DoPhotos(std::span<const PlannedPhoto> planned, const Plan& plan,
                                const Place& place, const std::vector<Photo>& photos,
                                const verger_extractor& extractor, Contents& contents);

}  // namespace verger::cli
