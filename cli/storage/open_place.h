// open_place.h: a place by its name.
#pragma once

#include <memory>
#include <string>

#include "cli/storage/place.h"
#include "cli/storage/s3/settings.h"

namespace verger::cli {

// The place of a name: a folder, `file:///folder`, or `s3://bucket/prefix` (s3a, s3n). Names are
// taken as they are: `%20` is three characters. Nothing is read or created yet, but the region of
// a bucket is asked for.
// Errors: Failure kUsage for a name that is none; kRefused by the region guard; kStorage.
std::shared_ptr<Place> OpenPlace(const std::string& name, const S3Options& s3 = {});

// The scheme of "scheme://...", in lower case; "" if there is none.
std::string SchemeOf(const std::string& name);

}  // namespace verger::cli
