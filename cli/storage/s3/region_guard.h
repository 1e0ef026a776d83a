// region_guard.h: no byte is read from a bucket that lies where it must not.
#pragma once

#include <string>

#include "cli/storage/s3/settings.h"

namespace verger::cli {

// Asks for the region of the bucket where there is something to find out, refuses it if it is not
// allowed, and returns the settings with it. Nothing but the bucket's name is sent, nothing is
// read. Errors: Failure kRefused, naming bucket, region and remedy; kStorage if it cannot be asked.
S3Settings GuardRegion(S3Settings settings, const std::string& bucket);

}  // namespace verger::cli
