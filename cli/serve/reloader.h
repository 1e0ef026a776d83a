// reloader.h: takes over new versions of the output.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "cli/serve/api.h"
#include "cli/serve/metrics.h"
#include "cli/serve/served_output.h"
#include "cli/storage/place.h"

namespace verger::cli {

// Looks at the output from time to time, and loads it on its own thread when it has changed.
// Meanwhile, and where loading fails, the version that was there answers on; a failure is printed
// once to stderr, and loading is tried again at every look.
class Reloader {
 public:
  // Requires: `api` and `metrics` outlive this.
  Reloader(std::shared_ptr<Place> place, std::chrono::milliseconds period, LoadOutput load,
           Api& api, Metrics& metrics);
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;
  ~Reloader();

  // Loads the output soon, even if it has not changed. Safe from many threads.
  void LoadNow();

 private:
  void Work();
  void Look(bool even_if_same);
  void WarnOf(std::string_view failure) noexcept;

  const std::shared_ptr<Place> place_;
  const std::chrono::milliseconds period_;
  const LoadOutput load_;
  Api& api_;
  Metrics& metrics_;
  std::string last_failure_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool load_now_ = false;
  bool finishing_ = false;
  std::thread thread_;
};

}  // namespace verger::cli
