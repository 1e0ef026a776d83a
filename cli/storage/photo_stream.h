// photo_stream.h: the photos of a place, batch by batch.
#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "abi/verger.h"

namespace verger::cli {

// What a listing leaves out.
struct ListingOptions {
  bool include_hidden = false;            // with hidden files, and those of systems
  std::filesystem::path excluded_folder;  // "": none
  std::string excluded_bucket;            // "": none; else, in it, keys that begin with
  std::string excluded_prefix;            // this, which is "" or ends in '/'
};

// A folder whose photos may or may not still be there. Both texts are printable.
struct UnreadFolder {
  std::string path;
  std::string reason;
};

// The rows of a listing.
class PhotoStream {
 public:
  PhotoStream() = default;
  PhotoStream(const PhotoStream&) = delete;
  PhotoStream& operator=(const PhotoStream&) = delete;
  virtual ~PhotoStream() = default;

  // Returns the next rows, some thousands; null at the end. Columns: see listed_photos.h. A path
  // that ends in '/' is that of a folder which could not be listed, as verger_plan_add_listing has
  // it. Errors: as Place::OpenListing.
  virtual std::shared_ptr<arrow::RecordBatch> Next() = 0;

  // Complete after the last batch.
  const verger_listing_counts& counts() const { return counts_; }
  const std::vector<UnreadFolder>& unread() const { return unread_; }

 protected:
  verger_listing_counts counts_{sizeof(counts_), {}, {}};
  std::vector<UnreadFolder> unread_;
};

}  // namespace verger::cli
