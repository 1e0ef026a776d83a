// object_pages.h: the listing of a bucket, page by page.
#pragma once

#include <string>
#include <string_view>

#include "cli/storage/s3/client.h"
#include "cli/storage/s3/listing_page.h"

namespace verger::cli {

// Returns the page of the keys below `prefix` that `token` names; "" for the first. With a
// `delimiter`, only the keys without one behind `prefix`, and the prefixes of the others.
//
// Errors: Failure kStorage, naming the prefix; Interrupted.
// Source: ListObjectsV2 of S3's REST API.
ObjectPage ListObjects(S3Client& client, std::string_view prefix, std::string_view delimiter,
                       const std::string& token);

}  // namespace verger::cli
