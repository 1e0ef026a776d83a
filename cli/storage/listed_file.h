// listed_file.h: reading a listed file of a disk.
#pragma once

#include <filesystem>
#include <memory>

#include "cli/storage/file_read.h"
#include "cli/storage/place.h"

namespace verger::cli {

// Reads `path`, which `listed` describes, when FileRead::AppendTo is called.
std::unique_ptr<FileRead> ReadListedFile(std::filesystem::path path, const PlaceFile& listed);

}  // namespace verger::cli
