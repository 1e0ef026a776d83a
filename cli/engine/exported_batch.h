// exported_batch.h: an Arrow C++ batch as verger.h takes it.
#pragma once

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>

#include "cli/base/arrow_errors.h"
#include "cli/engine/batches.h"

namespace verger::cli {

// A batch in the C structs, for the time of a call.
class ExportedBatch {
 public:
  explicit ExportedBatch(const Batch& batch) {
    OrThrow(arrow::ExportRecordBatch(*batch, &array_, &schema_));
  }
  ExportedBatch(const ExportedBatch&) = delete;
  ExportedBatch& operator=(const ExportedBatch&) = delete;
  ~ExportedBatch() {
    array_.release(&array_);
    schema_.release(&schema_);
  }

  const ArrowArray* array() const { return &array_; }
  const ArrowSchema* schema() const { return &schema_; }

 private:
  ArrowArray array_;
  ArrowSchema schema_;
};

}  // namespace verger::cli
