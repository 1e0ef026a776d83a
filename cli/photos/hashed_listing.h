// hashed_listing.h: a listing that tells no path.
#pragma once

#include <memory>

#include "cli/photos/listing.h"

namespace verger::cli {

// The rows of `photos` with each path replaced by the SHA-256 of its bytes, as 64 lower-case
// hexadecimal digits, in their ascending order. For folders that could not be listed there is one
// row, "/". `file` says what to open.
//
// Reads all of `photos` before it hands out the first row.
//
// Errors: those of `photos`; Failure kStorage if what is set aside cannot be written.
// Cost:   memory for 2^17 rows, or one of 256 of all if that is more; the others on disk.
std::unique_ptr<PhotoStream> Hashed(std::unique_ptr<PhotoStream> photos);

}  // namespace verger::cli
