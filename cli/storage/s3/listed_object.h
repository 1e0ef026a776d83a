// listed_object.h: reading a listed object of a bucket.
#pragma once

#include <memory>

#include "cli/storage/file_read.h"
#include "cli/storage/s3/bucket.h"

namespace verger::cli {

// Requests the object at once. Requires: `bucket` outlives the read.
std::unique_ptr<FileRead> ReadListedObject(const Bucket& bucket, const PlaceFile& listed);

}  // namespace verger::cli
