#include "cli/base/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace verger::cli {

std::optional<FileLock> FileLock::TryAcquire(const std::filesystem::path& path, bool* unsupported) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file) throw FileFailure(Exit::kStorage, "lock", path, errno);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    const bool knows_no_locks = errno == ENOLCK || errno == ENOTSUP || errno == ENOSYS;
    if (knows_no_locks && unsupported != nullptr) {
      *unsupported = true;
      break;
    }
    if (errno != EINTR) throw FileFailure(Exit::kStorage, "lock", path, errno);
  }
  return FileLock(std::move(file));
}

std::optional<FileLock> FileLock::Acquire(const std::filesystem::path& path, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (true) {
    if (auto lock = TryAcquire(path)) return lock;
    if (Clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace verger::cli
