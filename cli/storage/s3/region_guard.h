// region_guard.h: no byte is read from a bucket that lies where it must not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/storage/s3/settings.h"

namespace verger::cli {

// Where buckets may lie if nobody says otherwise: Paris.
inline constexpr const char* kDefaultRegions = "eu-west-3";

// What `settings.allowed_regions` binds: "eu-west-3,eu-west-1". A list that somebody gave binds
// every endpoint, "any" none; the default binds AWS's own alone. Empty: all are free.
std::vector<std::string> AllowedRegions(const S3Settings& settings);

// Asks for the region of the bucket, refuses it if it is not allowed, and returns the settings
// with it. Nothing but the bucket's name is sent, nothing is read.
// Errors: Failure kRefused, naming bucket, region and remedy; kStorage if it cannot be asked.
S3Settings GuardRegion(S3Settings settings, const std::string& bucket);

}  // namespace verger::cli
