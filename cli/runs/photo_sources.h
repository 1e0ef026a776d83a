// photo_sources.h: photos that are for no output, measured row by row.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/engine/batches.h"
#include "cli/photos/listing.h"
#include "cli/storage/open_place.h"

namespace verger::cli {

// Photos of one place.
struct PhotoSource {
  std::shared_ptr<Place> place;
  std::vector<Photo> photos;
};

// What `names` are: folders and buckets, of which all photos are taken, and files. `skip`: an
// output, which is no input.
//
// Errors: Failure kBadInput, naming it, for what is not there, and for folders without photos.
std::vector<PhotoSource> FindPhotos(const std::vector<std::string>& names, const S3Options& s3,
                                    const Place& skip);

struct MeasureOptions {
  int threads = 1;                  // that are kept busy
  std::int64_t max_bytes = 0;       // of a photo; 0: as Limits() has it
  std::int64_t photos_at_once = 1;  // most photos of a call of `measure`
  std::string verb;                 // for the progress
  ProgressMode progress = ProgressMode::kAuto;
  bool isolated = false;  // decoded by other processes
};

// Reads photo after photo, in the order of the sources, and measures those that can be read.
// `measure` turns a batch with a column `content` into one of the same rows with a column `error`;
// it is called from many threads. `consume` gets path, label, what was measured, and error, in that
// order, on the calling thread. Returns how many photos were rejected.
//
// Memory: the same for any number of photos, but for their names.
// Errors: Failure, if `measure` or a bucket fails; Interrupted.
std::int64_t MeasurePhotos(const std::vector<PhotoSource>& sources, const MeasureOptions& options,
                           const std::function<Batch(const Batch&)>& measure,
                           const std::function<void(const Batch&)>& consume);

// Errors: Failure kTooManyRejects if more than 5 % of the photos were rejected, as a run does.
// `what`
//         is the end of its message, such as "have no answer".
void RequireFewRejects(std::int64_t rejected, std::int64_t photos, const char* what);

}  // namespace verger::cli
