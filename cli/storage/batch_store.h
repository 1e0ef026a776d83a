// batch_store.h: batches stored until they are read.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "cli/base/files.h"

namespace verger::cli {

// Batches of one schema. The first are kept in memory, the others in a file of the system's folder
// for temporary files (TMPDIR), which has no name and so ends with the process.
// Safe from many threads.
class BatchStore {
 public:
  // Returns the batch's number: 0, 1, 2 ...
  // Errors: Failure kStorage if the file cannot be written.
  std::size_t Add(std::shared_ptr<arrow::RecordBatch> batch);

  // Errors: as Add.
  std::shared_ptr<arrow::RecordBatch> Read(std::size_t number);

 private:
  struct Entry {
    std::shared_ptr<arrow::RecordBatch> batch;  // or null, and where it is in the file
    std::int64_t offset = 0;
    std::int64_t size = 0;
  };

  std::mutex mutex_;  // guards what follows
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<Entry> entries_;
  std::int64_t rows_ = 0;  // in memory
  Descriptor file_;
  std::int64_t end_ = 0;  // of the file
};

}  // namespace verger::cli
