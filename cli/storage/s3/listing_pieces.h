// listing_pieces.h: the listing of a bucket in pieces that are requested side by side.
#pragma once

#include <string>
#include <vector>

#include "cli/storage/s3/object_pages.h"

namespace verger::cli {

// Requests at a time; also how many prefixes keep them busy.
inline constexpr int kConcurrentListings = 8;

// All keys below a prefix, or objects that are listed already.
struct ListingPiece {
  std::string prefix;
  std::vector<S3Object> objects;
};

// Cuts the listing of the keys below `start` along the prefixes of the first level, or of two
// levels where those are few. The pieces ascend by the bytes of their prefixes, and files of one
// shot are in one piece. Leaves out the prefix `excluded` ("": none). Sets `any` if there is a
// prefix, also if it is left out.
//
// Errors: as ListObjects.
// Cost:   a request per 1,000 objects right below `start`; one per prefix for the second level.
std::vector<ListingPiece> CutListing(S3Client& client, const std::string& start,
                                     const std::string& excluded, bool* any);

}  // namespace verger::cli
