// retries.h: when a request that failed is sent again.
#pragma once

#include <functional>

namespace verger::cli {

// Failures of one request in a row. The pause after each doubles, up to a limit, with jitter:
// clients that failed together must not come back together.
class Retries {
 public:
  // Units: seconds.
  Retries(double first_pause, double max_pause)
      : first_pause_(first_pause), max_pause_(max_pause) {}

  // Counts a failure. Returns whether another try is allowed: up to `max_retries` in a row are.
  bool Next(int max_retries) { return ++failures_ <= max_retries; }

  // Counts from the start again, after a try that failed but brought something.
  void Reset() { failures_ = 0; }

  // Sleeps after a failure: half to all of its pause, or of `min_pause` seconds if that is longer.
  // `check`, if any, is called at once and every 20 ms; it throws to end the pause.
  void Pause(const std::function<void()>& check = {}, double min_pause = 0) const;

 private:
  const double first_pause_;
  const double max_pause_;
  int failures_ = 0;
};

// Retries with the pauses of verger_limits, which the package's requests keep as well.
Retries LibraryRetries();

}  // namespace verger::cli
