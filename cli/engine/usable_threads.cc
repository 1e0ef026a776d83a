#include "cli/engine/usable_threads.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>

#include "abi/verger.h"
#include "cli/base/library.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

int Affinity() {
  cpu_set_t usable;
  if (sched_getaffinity(0, sizeof(usable), &usable) == 0) return CPU_COUNT(&usable);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// "" of a file that is not there.
std::string ContentOf(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// "" where there is none.
std::string QuotaIn(const fs::path& cgroup) {
  const std::string v2 = ContentOf(cgroup / "cpu.max");
  const std::string quota = ContentOf(cgroup / "cpu.cfs_quota_us");
  const std::string period = ContentOf(cgroup / "cpu.cfs_period_us");
  return quota.empty() || period.empty() ? v2 : quota + period;
}

}  // namespace

int UsableThreads(const fs::path& root) {
  const std::string cgroups = ContentOf(root / "proc/self/cgroup");
  const std::string mounts = ContentOf(root / "proc/self/mountinfo");
  const std::string folders = TextOf(verger_cgroup_folders, Borrowed(cgroups), Borrowed(mounts));
  std::string quotas;
  std::string_view left = folders;
  while (!left.empty()) {
    const std::size_t end = left.find('\n');
    quotas += QuotaIn(root / fs::path(left.substr(0, end)).relative_path()) + "\n";
    left.remove_prefix(end + 1);
  }
  return verger_usable_threads(Affinity(), Borrowed(quotas));
}

int UsableThreads(int requested) { return requested > 0 ? requested : UsableThreads(); }

}  // namespace verger::cli
