#include "cli/photos/read.h"

#include "cli/base/library.h"

namespace verger::cli {

PhotoRead::PhotoRead(const Place& place, const Photo& photo, std::int64_t max_bytes)
    : photo_(photo), max_bytes_(max_bytes) {
  if (!photo.problem.empty() || photo.size > max_bytes) return;
  read_ = place.StartRead({photo.name(), photo.size, photo.modified});
}

ReadOutcome PhotoRead::AppendTo(std::string* bytes) {
  if (read_ != nullptr) return read_->AppendTo(bytes);
  if (!photo_.problem.empty()) return {photo_.problem.str(), false};
  return {TextOf(verger_too_large, photo_.size, max_bytes_), false};
}

}  // namespace verger::cli
