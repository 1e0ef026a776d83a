// read.h: the bytes of a photo, or why there are none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/photos/listing.h"

namespace verger::cli {

struct ReadOutcome {
  std::string error;       // why the photo is rejected; "" if it was read
  bool transient = false;  // another run may fare better
};

// A photo on its way. In a bucket it is asked for at once, so that many can be under way while the
// caller is busy with the first.
class PhotoRead {
 public:
  // Requires: `place` and `photo` outlive this.
  PhotoRead(const Place& place, const Photo& photo, std::int64_t max_bytes);
  PhotoRead(PhotoRead&&) noexcept;
  ~PhotoRead();

  // Appends the photo's bytes to `bytes`, or leaves `bytes` as it was and says why the photo is
  // rejected: larger than `max_bytes`, not permitted, vanished or changed since it was
  // listed, or, in a folder, not readable in as many tries as Limits() allows. To be called once.
  // Errors: Failure kStorage if a bucket fails otherwise, after retries: no fault of the photo's.
  ReadOutcome AppendTo(std::string* bytes);

 private:
  class InBucket;

  ReadOutcome FromFolder(std::string* bytes) const;

  const Place& place_;
  const Photo& photo_;
  std::int64_t max_bytes_;
  std::unique_ptr<InBucket> in_bucket_;
};

}  // namespace verger::cli
