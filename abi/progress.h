// progress.h: the caller's progress as the core's.
#pragma once

#include "abi/verger.h"
#include "core/base/progress.h"

namespace verger::abi {

inline Progress ProgressOf(const verger_progress& progress) {
  if (progress.step == nullptr) return {};
  return [progress](std::int64_t done, std::int64_t total) {
    return progress.step(progress.user, done, total) == 0;
  };
}

}  // namespace verger::abi
