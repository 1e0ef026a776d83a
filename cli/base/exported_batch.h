// exported_batch.h: Arrow C++ batches as the C structs of verger.h.
#pragma once

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>

#include <memory>
#include <utility>

#include "cli/base/arrow_errors.h"
#include "cli/base/library.h"

namespace verger::cli {

// A batch for a call, which reads it or takes ownership of it.
class ExportedBatch {
 public:
  explicit ExportedBatch(const arrow::RecordBatch& batch) {
    OrThrow(arrow::ExportRecordBatch(batch, &array_, &schema_));
  }
  ExportedBatch(const ExportedBatch&) = delete;
  ExportedBatch& operator=(const ExportedBatch&) = delete;
  ~ExportedBatch() {
    if (array_.release != nullptr) array_.release(&array_);
    if (schema_.release != nullptr) schema_.release(&schema_);
  }

  const ArrowArray* array() const { return &array_; }
  ArrowArray* array() { return &array_; }
  const ArrowSchema* schema() const { return &schema_; }

 private:
  ArrowArray array_;
  ArrowSchema schema_;
};

// Returns the batch that a function of verger.h writes behind its other arguments. Errors: as Call.
template <typename Function, typename... Arguments>
std::shared_ptr<arrow::RecordBatch> ImportBatch(Function function, Arguments&&... arguments) {
  ArrowArray array;
  ArrowSchema schema;
  Call(function, std::forward<Arguments>(arguments)..., &array, &schema);
  return OrThrow(arrow::ImportRecordBatch(&array, &schema));
}

}  // namespace verger::cli
