// lock.h: one process at a time.
#pragma once

#include <filesystem>
#include <optional>

#include "cli/base/files.h"

namespace verger::cli {

// A lock that this process holds until the object is destroyed or the process ends: a killed
// one leaves no lock behind. The lock file stays, empty: removing it would let two
// processes hold locks on two files of one name.
class FileLock {
 public:
  // Returns the lock, or nothing if another process (or another FileLock of this
  // one) holds it. Creates `path` if it is missing.
  // Errors: kStorage if the file cannot be created or its file system has no locks; with
  //         `unsupported`, that is set instead, and the lock keeps nobody out.
  static std::optional<FileLock> TryAcquire(const std::filesystem::path& path,
                                            bool* unsupported = nullptr);

  // As TryAcquire, but waits up to `seconds` for the other to finish.
  static std::optional<FileLock> Acquire(const std::filesystem::path& path, double seconds);

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace verger::cli
