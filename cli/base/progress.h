// progress.h: shows on stderr how far a job is.
#pragma once

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "cli/base/progress_line.h"

namespace verger::cli {

enum class ProgressMode {
  kAuto,          // a bar on a terminal, a plain line every 5 s and at the end elsewhere
  kTerminalOnly,  // a bar on a terminal, nothing elsewhere: for --json
  kNever,         // for --quiet
};

// The display of one job, drawn by a thread of its own, so that it also moves when
// the job stands still. Obeys NO_COLOR, TERM=dumb (plain lines) and the width of
// the terminal, also when it changes. Errors in writing are ignored.
// Safe from many threads; one display at a time.
class Progress {
 public:
  struct Options {
    std::string label;
    ProgressUnit unit = ProgressUnit::kPhotos;
    std::uint64_t total = 0;  // 0: unknown
    ProgressMode mode = ProgressMode::kAuto;
    int output = STDERR_FILENO;
  };

  explicit Progress(Options options);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Without Finish the bar is wiped, so that a message of failure stands alone.
  ~Progress();

  // Cost: one atomic addition.
  void Add(std::uint64_t done, std::uint64_t rejects = 0);

  // For jobs that receive their state from elsewhere, and for totals known late.
  void SetDone(std::uint64_t done) { done_ = done; }
  void SetTotal(std::uint64_t total) { total_ = total; }

  // Counts `done` as there before the job began: it does not count for the rate.
  void SetBefore(std::uint64_t done);

  // Writes a line above the bar, e.g. a warning. Shown in every mode but kNever.
  void Say(std::string_view line);

  // Replaces the bar by the line for the end. Later calls do nothing.
  void Finish();

 private:
  using Seconds = double;

  ProgressState State();
  void Run();
  void Draw();
  void Wipe();
  void Stop();
  void Write(std::string_view text) const;
  Seconds Elapsed() const;

  const Options options_;
  const bool terminal_;
  const ProgressStyle style_;
  const Seconds start_;
  std::atomic<std::uint64_t> done_{0}, total_, rejects_{0}, before_{0};

  std::mutex mutex_;  // guards what follows, and writing
  std::condition_variable wake_;
  std::deque<std::pair<Seconds, std::uint64_t>> samples_;  // of the last seconds: time, done
  bool drawn_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace verger::cli
