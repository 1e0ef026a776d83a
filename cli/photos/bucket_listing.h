// bucket_listing.h: photos in a bucket.
#pragma once

#include <vector>

#include "cli/photos/listing.h"
#include "cli/storage/s3/bucket.h"

namespace verger::cli {

// As ListPhotos, in any order. Leaves the objects of `skip` alone; null for none.
std::vector<Photo> ListBucket(const Bucket& bucket, const Bucket* skip);

}  // namespace verger::cli
