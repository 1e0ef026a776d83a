// lent.h: Arrow C++ batches as the C structs that verger.h takes and hands out.
#pragma once

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>

#include <utility>

#include "cli/base/arrow_errors.h"
#include "cli/engine/batches.h"
#include "cli/engine/handles.h"

namespace verger::cli {

// A batch lent to the library for a call. What a call takes over is not given back.
class Lent {
 public:
  explicit Lent(const Batch& batch) {
    OrThrow(arrow::ExportRecordBatch(*batch, &array_, &schema_));
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() {
    if (array_.release != nullptr) array_.release(&array_);
    if (schema_.release != nullptr) schema_.release(&schema_);
  }

  const ArrowArray* array() const { return &array_; }
  ArrowArray* mutable_array() const { return &array_; }
  const ArrowSchema* schema() const { return &schema_; }

 private:
  mutable ArrowArray array_;
  ArrowSchema schema_;
};

// The batch that a function of verger.h hands out behind its other arguments.
template <typename Function, typename... Arguments>
Batch Taken(Function function, Arguments&&... arguments) {
  ArrowArray array;
  ArrowSchema schema;
  Call(function, std::forward<Arguments>(arguments)..., &array, &schema);
  return OrThrow(arrow::ImportRecordBatch(&array, &schema));
}

}  // namespace verger::cli
