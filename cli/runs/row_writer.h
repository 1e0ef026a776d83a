// row_writer.h: rows to stdout, batch by batch.
#pragma once

#include <memory>
#include <string>

#include "cli/engine/batches.h"

namespace verger::cli {

// Writes batches of one schema.
class RowWriter {
 public:
  RowWriter() = default;
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  virtual ~RowWriter() = default;

  // Errors: Failure kStorage if stdout is closed or full.
  virtual void Write(const Batch& rows) = 0;
  virtual void Finish() {}
};

// `format`: csv, jsonl (a JSON object a line, without what is null) or parquet. In CSV, null is "",
// lines end in CRLF (RFC 4180), items of a list have | between them, and a \ before a | or \ of
// their own. Numbers are written so that they read back the same.
//
// Requires: columns of text, float32, float64 and bool, and lists of text and numbers.
std::unique_ptr<RowWriter> OpenRows(const std::string& format);

}  // namespace verger::cli
