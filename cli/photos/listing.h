// listing.h: which photos there are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace verger::cli {

// A photo that was found, not opened.
struct Photo {
  std::string path;   // below the folder of photos, UTF-8, '/' between names
  std::string label;  // name of the folder that holds it
  std::filesystem::path file;
  std::int64_t size = 0;      // bytes
  std::int64_t modified = 0;  // microseconds since 1970, UTC
  std::string problem;        // why it must not be opened; "" if it may
};

// Returns the photos below `root`, sorted by path, bytes compared.
//
// A photo is told by its file's ending: those we decode (.jpg .png .webp ...) and those a
// person would call a photo too (.heic .tif ...), so that these are rejected by name rather
// than passed over. All other files are left alone, and so is the folder `skip`.
// Links are followed, but never round in a circle. What is no regular file, or has a name
// that is not UTF-8, is a photo with a problem.
//
// Errors: Failure kBadInput if `root` or a folder below it cannot be listed.
std::vector<Photo> ListPhotos(const std::filesystem::path& root, const std::filesystem::path& skip);

}  // namespace verger::cli
