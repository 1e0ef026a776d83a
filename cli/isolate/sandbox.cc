#include "cli/isolate/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "cli/isolate/landlock.h"
#include "cli/isolate/seccomp.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VERGER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VERGER_SANITIZED 1
#endif
#endif

namespace verger::cli {
namespace {

// Bytes of address space that the process has; 0 if unknown.
std::uint64_t MappedBytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"),
                                                             std::fclose);
  unsigned long long pages = 0;
  if (file == nullptr || std::fscanf(file.get(), "%llu", &pages) != 1) return 0;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

int Limit(decltype(RLIMIT_AS) resource, std::uint64_t most) {
  const struct rlimit limit{most, most};
  return ::setrlimit(resource, &limit) == 0 ? 0 : errno;
}

int LimitMemory(std::uint64_t bytes) {
#ifdef VERGER_SANITIZED
  (void)bytes;  // a sanitizer maps terabytes for itself
  return 0;
#else
  const std::uint64_t mapped = MappedBytes();
  return mapped == 0 ? ENOENT : Limit(RLIMIT_AS, mapped + bytes);
#endif
}

// Landlock is for one thread and those that it starts: others would stay outside.
bool HasOneThread() {
  struct stat folder{};
  return ::stat("/proc/self/task", &folder) == 0 && folder.st_nlink == 3;  // a link a thread, and 2
}

}  // namespace

Layers EnterSandbox(std::uint64_t bytes) {
  ::prctl(PR_SET_DUMPABLE, 0);  // nothing of a photo is written to a disk, should it die
  Layers layers;
  layers.rlimits = LimitMemory(bytes);
  for (const auto resource : {RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NPROC}) {
    if (const int error = Limit(resource, 0); error != 0) layers.rlimits = error;
  }
  const bool is_alone = HasOneThread();
  layers.landlock = RestrictFiles();
  if (!is_alone && layers.landlock == 0) layers.landlock = EBUSY;
  // Not before Landlock, whose rules take a file for a moment.
  if (const int error = Limit(RLIMIT_NOFILE, 0); error != 0) layers.rlimits = error;
  layers.seccomp = RestrictSystemCalls();
  return layers;
}

}  // namespace verger::cli
