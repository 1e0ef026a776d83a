// listing.h: which photos there are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/storage/photo_stream.h"
#include "cli/storage/place.h"

namespace verger::cli {

// A text that few photos have: 16 bytes where it is "".
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

// A listed photo. All of them are in memory at once: keep it small.
struct Photo {
  std::string path;           // below the place of photos, UTF-8, '/' between, as in rows
  std::string label;          // name of the folder that holds it
  RareText file;              // what storage calls it, below that place; "" where that is `path`
  std::int64_t size = 0;      // bytes
  std::int64_t modified = 0;  // microseconds since 1970, UTC
  RareText problem;           // why it must not be opened; "" if it may

  const std::string& name() const { return file.empty() ? path : file.str(); }
};

// Lists the photos below `place` but not below `skip`, by Place::OpenListing. `place` must outlive
// the stream.
std::unique_ptr<PhotoStream> OpenListing(const Place& place, const Place& skip,
                                         bool include_hidden = false);

// Returns all photos of OpenListing.
std::vector<Photo> ListPhotos(const Place& place, const Place& skip);

}  // namespace verger::cli
