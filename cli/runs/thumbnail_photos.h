// thumbnail_photos.h: photos that the library asks for, to make small ones of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/base/exported_batch.h"
#include "cli/base/progress.h"
#include "cli/photos/listing.h"
#include "cli/storage/place.h"

namespace verger::cli {

struct ThumbnailOptions {
  const Place* photos = nullptr;  // null: none is read
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
  std::string interrupted;  // the message of Interrupted
};

// The photos of a batch of `path`, `size` and `modified`, as the library returns them.
std::vector<Photo> PhotosOf(const arrow::RecordBatch& batch);

// Reads `photos` and calls `add`, from many threads, with batches of `path` and `content`. Returns
// a warning if storage fails; a photo that is gone or has changed is left out without one.
//
// Errors: Interrupted; those of `add`.
std::string ReadThumbnailPhotos(const std::vector<Photo>& photos, const ThumbnailOptions& options,
                                const std::function<void(const ExportedBatch&)>& add);

}  // namespace verger::cli
