#include "cli/isolate/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "cli/base/memory.h"
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

int Forbid(decltype(RLIMIT_AS) resource) {
  const struct rlimit none{0, 0};
  return ::setrlimit(resource, &none) == 0 ? 0 : errno;
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
#ifdef VERGER_SANITIZED
  (void)bytes;  // a sanitizer maps terabytes for itself
#else
  layers.rlimits = LimitMemory(bytes);
#endif
  for (const auto resource : {RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NPROC}) {
    if (const int error = Forbid(resource); error != 0) layers.rlimits = error;
  }
  const bool is_alone = HasOneThread();
  layers.landlock = RestrictFiles();
  if (!is_alone && layers.landlock == 0) layers.landlock = EBUSY;
  // Not before Landlock, whose rules take a file for a moment.
  if (const int error = Forbid(RLIMIT_NOFILE); error != 0) layers.rlimits = error;
  layers.seccomp = RestrictSystemCalls();
  return layers;
}

}  // namespace verger::cli
