#include "cli/base/interrupt.h"

#include <csignal>

namespace verger::cli {
namespace {

volatile std::sig_atomic_t interrupted_by = 0;

}  // namespace

void WatchForInterrupts() {
  struct sigaction action{};
  action.sa_handler = [](int signal) { interrupted_by = signal; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int InterruptedBy() { return interrupted_by; }

void ThrowIfInterrupted(const std::string& message) {
  if (interrupted_by != 0) throw Interrupted(message);
}

}  // namespace verger::cli
