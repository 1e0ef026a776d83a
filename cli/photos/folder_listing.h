// folder_listing.h: photos on a disk.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/photos/listing.h"

namespace verger::cli {

// As ListPhotos, in any order. Leaves the folder `skip` alone; "" for none.
std::vector<Photo> ListFolder(const std::filesystem::path& root, const std::filesystem::path& skip);

}  // namespace verger::cli
