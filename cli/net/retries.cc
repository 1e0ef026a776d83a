#include "cli/net/retries.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <thread>

#include "cli/base/limits.h"

namespace verger::cli {

void Retries::Pause(const std::function<void()>& check, double min_pause) const {
  using Clock = std::chrono::steady_clock;
  constexpr Clock::duration kStep = std::chrono::milliseconds(20);
  thread_local std::minstd_rand random{std::random_device{}()};
  const double longest =
      std::max(min_pause, std::min(max_pause_, std::ldexp(first_pause_, failures_ - 1)));
  const std::chrono::duration<double> pause(longest *
                                            std::uniform_real_distribution<double>(0.5, 1)(random));
  const Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(pause);
  for (;;) {
    if (check) check();
    const Clock::duration left = end - Clock::now();
    if (left <= Clock::duration::zero()) return;
    std::this_thread::sleep_for(std::min(left, kStep));
  }
}

Retries LibraryRetries() {
  return {Limits().first_pause_ms / 1000.0, Limits().longest_pause_ms / 1000.0};
}

}  // namespace verger::cli
