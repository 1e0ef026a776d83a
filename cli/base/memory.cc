#include "cli/base/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

namespace verger::cli {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// MemAvailable and SwapFree of /proc/meminfo.
std::uint64_t FreeMemory(const std::filesystem::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::uint64_t free = 0;
  std::string line;
  while (std::getline(file, line)) {
    for (const std::string_view name : {"MemAvailable:", "SwapFree:"}) {
      if (line.starts_with(name)) free += 1024 * std::stoull(line.substr(name.size()));
    }
  }
  return free == 0 ? kNoLimit : free;
}

// The number in a file of a control group; no limit for "max" or a missing file.
std::uint64_t LimitIn(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::uint64_t limit = 0;
  return file >> limit ? limit : kNoLimit;
}

// The lowest limit of the process's control group and of those it is in.
std::uint64_t GroupLimit(const std::filesystem::path& root) {
  std::ifstream file(root / "proc/self/cgroup");
  std::uint64_t limit = kNoLimit;
  std::string line;  // number:controllers:/path; of version 2, controllers is ""
  while (std::getline(file, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!controllers.empty() && controllers != "memory") continue;
    const bool old = !controllers.empty();
    const std::filesystem::path top = root / (old ? "sys/fs/cgroup/memory" : "sys/fs/cgroup");
    std::string group = line.substr(second + 1);
    while (true) {
      limit = std::min(limit, LimitIn(top / std::filesystem::path(group).relative_path() /
                                      (old ? "memory.limit_in_bytes" : "memory.max")));
      if (group.size() <= 1) break;
      group.resize(group.rfind('/'));
    }
  }
  return limit;
}

// Bytes of address space that the process has; 0 if unknown.
std::uint64_t MappedBytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::uint64_t AvailableMemory(const std::filesystem::path& root) {
  std::uint64_t available = std::min(FreeMemory(root), GroupLimit(root));
  rlimit space;
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
    available = std::min<std::uint64_t>(available, space.rlim_cur);
  }
  return available;
}

int LimitMemory(std::uint64_t more) {
  const std::uint64_t mapped = MappedBytes();
  if (mapped == 0) return ENOENT;
  const rlimit limit{mapped + more, mapped + more};
  return setrlimit(RLIMIT_AS, &limit) == 0 ? 0 : errno;
}

}  // namespace verger::cli
