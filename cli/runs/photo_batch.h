// photo_batch.h: a handful of planned photos, read and extracted.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/photos/listing.h"
#include "cli/runs/plan.h"

namespace verger::cli {

// What became of one planned photo.
struct DonePhoto {
  PhotoRow row;
  std::vector<float> features;   // extracted just now; empty for a reject
  bool known = false;            // a reject of before, whose photo did not change
  std::optional<Source> source;  // or where they are to be taken from
};

// Reads the photos, looks their contents up, and extracts those that are new.
// Errors: Failure, only if the engine fails. Safe from many threads.
std::vector<DonePhoto> DoPhotos(std::span<const PlannedPhoto> planned,
                                const std::vector<Photo>& photos, const KnownContents& known,
                                const verger_extractor& extractor);

}  // namespace verger::cli
