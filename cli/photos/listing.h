// listing.h: which photos there are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/storage/place.h"

namespace verger::cli {

// A text that most photos have not: 16 bytes where it is "".
class RareText {
 public:
  RareText() = default;
  RareText(std::string text) {
    if (!text.empty()) text_ = std::make_shared<const std::string>(std::move(text));
  }

  bool empty() const { return text_ == nullptr; }
  const std::string& str() const {
    static const std::string nothing;
    return text_ ? *text_ : nothing;
  }

 private:
  std::shared_ptr<const std::string> text_;
};

// A photo that was found, not opened. All of them are in memory at once: keep it small.
struct Photo {
  std::string path;           // below the place of photos, UTF-8, '/' between; what rows say
  std::string label;          // name of the folder that holds it
  RareText file;              // what storage calls it, below that place; "" where that is `path`
  std::int64_t size = 0;      // bytes
  std::int64_t modified = 0;  // microseconds since 1970, UTC
  RareText problem;           // why it must not be opened; "" if it may

  const std::string& name() const { return file.empty() ? path : file.str(); }
};

// Returns the photos below `place`, sorted by path, bytes compared.
//
// A photo is told by its file's ending: those we decode (.jpg .png .webp ...) and those a
// person would call a photo too (.heic .tif ...), so that these are rejected by name rather
// than passed over. All other files are left alone, and so is the place `skip`.
// In a folder links are followed, but never round in a circle. What is no regular file, or has a
// name that is not UTF-8, is a photo with a problem.
//
// Errors: Failure kBadInput if `place` or a folder below it cannot be listed.
std::vector<Photo> ListPhotos(const Place& place, const Place& skip);

}  // namespace verger::cli
