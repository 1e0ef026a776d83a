// output_version.h: whether an output has changed since it was read.
#pragma once

#include <string>

#include "cli/storage/place.h"

namespace verger::cli {

// A text that changes whenever a run makes a new version of the output, or its classifier is
// written. It costs two listings, of `_verger` and `Model`.
// Errors: Failure kStorage if the place cannot be listed.
std::string OutputVersion(const Place& place);

}  // namespace verger::cli
