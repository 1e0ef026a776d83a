// interrupt.h: Ctrl-C and SIGTERM as a request to stop.
#pragma once

#include <string>

#include "cli/base/error.h"

namespace verger::cli {

// From now on the first SIGINT or SIGTERM is only recorded; a second one kills.
void WatchForInterrupts();

// Returns the recorded signal, or 0.
int InterruptedBy();

// Errors: Interrupted, with `message`, if a signal is recorded.
void ThrowIfInterrupted(
    const std::string& message =
        "interrupted: finished work is safe; run the same command again to continue");

// Thrown where a run stops because of a signal.
class Interrupted : public Failure {
 public:
  explicit Interrupted(const std::string& message) : Failure(Exit::kInterrupted, message) {}
};

}  // namespace verger::cli
