// photos_of_output.h: the photos that an output was made of, for small pictures of them.
#pragma once

#include <memory>
#include <string>

#include "cli/runs/manifest.h"
#include "cli/storage/open_place.h"

namespace verger::cli {

// Opens `photos`, or, if it is "", the place where the photos were when the output was made.
// Nothing if that is private, or, with a warning on stderr, if it cannot be opened: there are no
// pictures then.
//
// Errors: as OpenPlace for `photos`; Failure kRefused.
std::shared_ptr<Place> OpenPhotosOf(const Manifest& manifest, const std::string& photos,
                                    const S3Options& s3);

}  // namespace verger::cli
