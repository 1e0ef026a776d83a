#include "cli/photos/read.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "cli/base/files.h"
#include "cli/base/text.h"
#include "cli/photos/file_time.h"

namespace verger::cli {
namespace {

constexpr int kTries = 3;

std::string Reason(int error) {
  if (error == ENOENT || error == ENOTDIR) return "vanished: it was there when the run began";
  return "cannot be read: " + std::generic_category().message(error);
}

// Fills `bytes` from `begin` on. Returns 0 or an errno; a short file is no error here.
int ReadUpTo(int file, std::size_t begin, std::string* bytes) {
  std::size_t filled = begin;
  while (filled < bytes->size()) {
    const ssize_t got = ::read(file, bytes->data() + filled, bytes->size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes->resize(filled);
  return 0;
}

// One try. Returns an errno, and in `reason` what no second try would mend.
int TryRead(const Photo& photo, std::string* bytes, std::string* reason) {
  // O_NONBLOCK: a FIFO put in the photo's place must not hang the run.
  const Descriptor file(::open(photo.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat found;
  if (!file || ::fstat(file.get(), &found) != 0) return errno;
  const auto size = static_cast<std::size_t>(photo.size);
  const std::size_t begin = bytes->size();
  bool same =
      S_ISREG(found.st_mode) && found.st_size == photo.size && ModifiedAt(found) == photo.modified;
  if (same) {
    bytes->resize(begin + size);
    if (const int error = ReadUpTo(file.get(), begin, bytes); error != 0) return error;
    same = bytes->size() == begin + size;
  }
  if (!same) *reason = "changed while the run went on: run again";
  return 0;
}

}  // namespace

ReadOutcome ReadPhoto(const Photo& photo, std::string* bytes) {
  if (!photo.problem.empty()) return {photo.problem, false};
  if (photo.size > kMostPhotoBytes) {
    return {fmt::format("too large: {} of at most {}", HumanBytes(static_cast<double>(photo.size)),
                        HumanBytes(static_cast<double>(kMostPhotoBytes))),
            false};
  }
  const std::size_t begin = bytes->size();
  std::string reason;
  for (int attempt = 1;; ++attempt) {
    const int error = TryRead(photo, bytes, &reason);
    if (error == 0 && reason.empty()) return {};
    bytes->resize(begin);
    if (error == 0) return {reason, true};
    if (error != EIO || attempt == kTries) return {Reason(error), true};
  }
}

}  // namespace verger::cli
