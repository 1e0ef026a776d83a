// folder_listing.h: photos on a disk.
#pragma once

#include <filesystem>
#include <memory>

#include "cli/storage/photo_stream.h"

namespace verger::cli {

// As Place::OpenListing, of the folder `root`.
//
// Cost: memory for the names in the folders from `root` to the one that is being read; two system
//       calls a photo.
std::unique_ptr<PhotoStream> OpenFolderListing(const std::filesystem::path& root,
                                               const ListingOptions& options);

}  // namespace verger::cli
