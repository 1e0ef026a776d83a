// folder_listing.h: photos on a disk.
#pragma once

#include <filesystem>
#include <memory>

#include "cli/photos/listing.h"

namespace verger::cli {

// As OpenListing. Leaves the folder `skip` alone; "" for none.
//
// Cost: memory for the names in the folders from `root` to the one that is being read; two system
//       calls a photo.
std::unique_ptr<PhotoStream> OpenFolderListing(const std::filesystem::path& root,
                                               const std::filesystem::path& skip,
                                               bool include_hidden);

}  // namespace verger::cli
