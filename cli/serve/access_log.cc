#include "cli/serve/access_log.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <new>

namespace verger::cli {
namespace {

// Returns false if the reader takes nothing for a second, or is gone.
bool WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    struct pollfd ready{descriptor, POLLOUT, 0};
    if (::poll(&ready, 1, 1000) <= 0) return false;
    // No more than a pipe takes without blocking once poll() says that it is writable.
    const ssize_t written =
        ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), 512));
    if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

AccessLog::AccessLog(int descriptor) : descriptor_(descriptor) {
  if (descriptor >= 0) thread_ = std::thread([this] { Work(); });
}

AccessLog::~AccessLog() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void AccessLog::Add(std::string_view route, int status, double seconds, std::size_t bytes) {
  if (descriptor_ < 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kMostBytes) {
      ++dropped_;
      return;
    }
    fmt::format_to(std::back_inserter(lines_), "route={} status={} ms={:.1f} bytes={}\n", route,
                   status, 1e3 * seconds, bytes);
  }
  changed_.notify_one();
}

void AccessLog::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return finishing_ || !lines_.empty(); });
    if (lines_.empty()) return;
    std::string lines;
    lines.swap(lines_);
    try {
      if (dropped_ > 0) {
        lines +=
            fmt::format("{} lines of this log were dropped: its reader is too slow\n", dropped_);
        dropped_ = 0;
      }
    } catch (const std::bad_alloc&) {  // then a later line reports them
    }
    lock.unlock();
    const bool written = WriteAll(descriptor_, lines);
    lock.lock();
    if (!written) ++dropped_;
    if (!written && finishing_) return;
  }
}

}  // namespace verger::cli
