// read_app.h: the phone app that verger app made, to be served.
#pragma once

#include <vector>

#include "cli/app/app_file.h"
#include "cli/storage/place.h"

namespace verger::cli {

// Reads the files that app.json lists, app.json itself, and what each is compressed, NAME.br.
// Errors: Failure kBadInput if the place holds no app; kStorage.
std::vector<AppFile> ReadApp(const Place& place);

}  // namespace verger::cli
