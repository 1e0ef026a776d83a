// read.h: the bytes of a photo, or why there are none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/photos/listing.h"
#include "cli/storage/file_read.h"

namespace verger::cli {

// A photo on its way from storage.
class PhotoRead {
 public:
  // In a bucket, requests the photo at once, so that many can be under way while the caller is busy
  // with the first. Requires: `place` and `photo` outlive this.
  PhotoRead(const Place& place, const Photo& photo, std::int64_t max_bytes);

  // As FileRead::AppendTo. A photo is also rejected if it is larger than `max_bytes` or the listing
  // reports a problem.
  ReadOutcome AppendTo(std::string* bytes);

 private:
  const Photo& photo_;
  std::int64_t max_bytes_;
  std::unique_ptr<FileRead> read_;  // null for a photo that must not be opened
};

}  // namespace verger::cli
