// file_time.h: when a file last changed, as the listing and the reader compare it.
#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace verger::cli {

// Returns microseconds since 1970, UTC.
inline std::int64_t ModifiedAt(const struct stat& file) {
  return std::int64_t{file.st_mtim.tv_sec} * 1'000'000 + file.st_mtim.tv_nsec / 1000;
}

}  // namespace verger::cli
