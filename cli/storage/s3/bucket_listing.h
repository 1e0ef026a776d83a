// bucket_listing.h: photos in a bucket.
#pragma once

#include <memory>

#include "cli/storage/s3/bucket.h"

namespace verger::cli {

// As Place::OpenListing.
//
// All pages are fetched before the first row is returned: what a server lists last may come first
// in the order of paths, and may clash with what it listed first. Until then rows are in a
// BatchStore, so memory stays the same for any number of photos.
//
// Where keys do not ascend, repeat, or print as other than they are, all rows are sorted in memory,
// about 300 bytes each. AWS lists in the order of bytes, so there it takes an odd name.
//
// Cost: a request per 1,000 keys and one per prefix of the first level, 8 at a time.
std::unique_ptr<PhotoStream> OpenBucketListing(const Bucket& bucket, const ListingOptions& options);

}  // namespace verger::cli
