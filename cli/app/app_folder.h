// app_folder.h: the folder that an app is written to.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/app/app_file.h"

namespace verger::cli {

// Errors: Failure kStorage if `folder` exists and has files that are not of an app, naming one.
void RequireAppFolder(const std::filesystem::path& folder);

// Writes the files, each with its compressed form beside it as PATH.br, into `folder`, which must
// be missing, empty, or an app's. They appear all at once: a web server never serves files of two
// versions, and an error, or a kill, leaves the folder as it was.
//
// Errors: as RequireAppFolder; Failure kInUse if another process writes to it; kStorage.
void WriteAppFolder(const std::filesystem::path& folder, const std::vector<AppFile>& files);

}  // namespace verger::cli
