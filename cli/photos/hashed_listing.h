// hashed_listing.h: a listing without paths.
#pragma once

#include <memory>

#include "cli/photos/listing.h"

namespace verger::cli {

// Returns the rows of `photos` with each path replaced by the SHA-256 of its bytes, as 64
// lower-case hexadecimal digits, in their ascending order. For folders that could not be listed
// there is one row, "/". `file` is the name to open.
//
// Reads all of `photos` before it returns the first row.
//
// Errors: those of `photos`; Failure kStorage if rows cannot be stored meanwhile.
// Cost:   memory for 2^17 rows, or one of 256 of all if that is more; the others on disk.
std::unique_ptr<PhotoStream> HashPaths(std::unique_ptr<PhotoStream> photos);

}  // namespace verger::cli
