// region_guard.h: refuses buckets outside the allowed regions before a byte is read.
#pragma once

#include <cstdint>
#include <string>

#include "cli/storage/s3/settings.h"

namespace verger::cli {

// Requests the region of the bucket if it is not known, refuses a region that is not allowed, and
// returns the settings with it. Nothing but the bucket's name is sent, nothing is
// read. Adds the requests that were sent again to `retries`. Errors: Failure kRefused, naming
// bucket, region and remedy; kStorage if the server does not answer.
S3Settings GuardRegion(S3Settings settings, const std::string& bucket, std::uint64_t* retries);

}  // namespace verger::cli
