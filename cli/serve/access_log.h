// access_log.h: a line a request, which never makes a request wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace verger::cli {

// Writes lines to a file descriptor on a thread of its own. Where its reader does not keep up,
// lines are dropped, and their number is written when it does. Safe from many threads.
//
// A line has the route, the status, the time and the size of the answer; nothing of the photo, of
// the client or of what it sent.
class AccessLog {
 public:
  // `descriptor` -1: no log.
  explicit AccessLog(int descriptor);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  ~AccessLog();

  void Add(std::string_view route, int status, double seconds, std::size_t bytes);

 private:
  static constexpr std::size_t kMostBytes = 1 << 20;  // that wait to be written

  void Work();

  const int descriptor_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::string lines_;
  std::uint64_t dropped_ = 0;
  bool finishing_ = false;
  std::thread thread_;
};

}  // namespace verger::cli
