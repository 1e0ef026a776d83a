// open_place.h: a place by its name.
#pragma once

#include <memory>
#include <string>

#include "cli/storage/place.h"
#include "cli/storage/s3/settings.h"

namespace verger::cli {

// Opens the place of a name: a folder, `file:///folder`, or `s3://bucket/prefix` (s3a, s3n). Names
// are used as they are: `%20` is three characters. Nothing is read or created yet, but the region
// of a bucket may be requested. Errors: Failure kUsage for a bad name; kRefused by the region
// guard; kStorage.
std::shared_ptr<Place> OpenPlace(const std::string& name, const S3Options& s3 = {});

// Returns the scheme of "scheme://...", in lower case; "" if there is none.
std::string SchemeOf(const std::string& name);

}  // namespace verger::cli
