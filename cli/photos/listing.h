// listing.h: which photos there are.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/verger.h"
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

// Paths for people: of photos that lie in it, nobody knows whether they are still there.
struct UnreadFolder {
  std::string path;
  std::string reason;
};

// Photos that were found, not opened, batch by batch.
class PhotoStream {
 public:
  PhotoStream() = default;
  PhotoStream(const PhotoStream&) = delete;
  PhotoStream& operator=(const PhotoStream&) = delete;
  virtual ~PhotoStream() = default;

  // The next rows, some thousands; null at the end. Columns: see photo_batch.h. A path that ends in
  // '/' is that of a folder which could not be listed, as verger_plan_give_listing has it.
  // Errors: as OpenListing.
  virtual std::shared_ptr<arrow::RecordBatch> Next() = 0;

  // Complete after the last batch.
  const verger_listing_counts& counts() const { return counts_; }
  const std::vector<UnreadFolder>& unread() const { return unread_; }

 protected:
  verger_listing_counts counts_{sizeof(counts_), {}, {}};
  std::vector<UnreadFolder> unread_;
};

// Lists the photos below `place` in strictly ascending order of the bytes of their paths.
//
// Which files are photos and what their paths are says verger_walk_names. All other files are left
// alone, and so is the place `skip`. In a folder links are followed, but never round in a circle;
// what is no regular file is a photo with a problem; a folder below `place` that cannot be listed
// costs itself. `include_hidden`: with hidden files, and those of systems. `place` and `skip` must
// outlive the stream.
//
// Errors: Failure kBadInput if `place` cannot be listed; kStorage if what is set aside cannot be
//         written.
// Cost:   memory for the names in the widest folder; of a bucket, see bucket_listing.h.
std::unique_ptr<PhotoStream> OpenListing(const Place& place, const Place& skip,
                                         bool include_hidden = false);

// All photos of OpenListing at once.
std::vector<Photo> ListPhotos(const Place& place, const Place& skip);

}  // namespace verger::cli
