// arrow_errors.h: Arrow's errors as the program's.
#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <new>
#include <utility>

#include "cli/base/error.h"

namespace verger::cli {

inline void OrThrow(const arrow::Status& status, Exit exit = Exit::kFailed) {
  if (status.IsOutOfMemory()) throw std::bad_alloc();
  if (!status.ok()) throw Failure(exit, status.message());
}

template <typename T>
T OrThrow(arrow::Result<T> result, Exit exit = Exit::kFailed) {
  OrThrow(result.status(), exit);
  return std::move(result).MoveValueUnsafe();
}

}  // namespace verger::cli
