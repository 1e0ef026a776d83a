// lent.h: a batch that the library reads during a call.
#pragma once

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>

#include "abi/verger.h"
#include "cli/base/arrow_errors.h"

namespace verger::cli {

class Lent {
 public:
  explicit Lent(const arrow::RecordBatch& batch) {
    OrThrow(arrow::ExportRecordBatch(batch, &array_, &schema_));
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() {
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
