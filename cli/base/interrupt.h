// interrupt.h: Ctrl-C and SIGTERM as a wish to stop, not a death.
#pragma once

#include <string>

#include "cli/base/error.h"

namespace verger::cli {

// From now on the first SIGINT or SIGTERM only leaves a mark; a second one kills.
void WatchForInterrupts();

// The signal that came, or 0.
int InterruptedBy();

// Errors: Interrupted, with `message`, if one came.
void ThrowIfInterrupted(const std::string& message);

// Thrown where a run stops because of a signal.
class Interrupted : public Failure {
 public:
  explicit Interrupted(const std::string& message) : Failure(Exit::kInterrupted, message) {}
};

}  // namespace verger::cli
