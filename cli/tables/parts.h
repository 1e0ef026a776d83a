// parts.h: the tables a run leaves, as docs/feature-format.md has them.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/tables/parquet_file.h"

namespace verger::cli {

// What Preprocessing says of one photo beside its features.
struct PhotoRow {
  std::string path;           // below the folder of photos, '/' between names
  std::string label;          // name of the folder that holds it
  std::int64_t size = 0;      // bytes; -1 if the photo was never read
  std::int64_t modified = 0;  // microseconds since 1970, UTC
  std::string sha256;         // of its bytes; "" if it was never read
  std::string error;          // why it was rejected; "" if its features are there

  bool rejected() const { return !error.empty(); }
};

// Rows on their way to a part.
struct PartRows {
  std::vector<PhotoRow> rows;
  // Shape: row-major, one vector for each row that is not rejected, in order.
  std::vector<float> features;
};

// A part of Preprocessing, encoded. Requires: rows.features fits `dimension`.
std::shared_ptr<arrow::Buffer> EncodePreprocessing(const PartRows& rows, int dimension,
                                                   const FileMetadata& metadata);

// Names of the columns of Results, in order.
std::vector<std::string> ResultsColumns();

// Looks at the footer of a part of Results. Errors: Damaged, naming the file, the column, its type
// and the one that docs/feature-format.md says. The functions below look at it as well.
void RequireResults(std::string_view bytes, const std::string& name);

// Some columns of a part of Results, in that order. Errors: Damaged, naming `name`.
Batch DecodeResults(std::string_view bytes, const std::string& name,
                    const std::vector<std::string>& columns);

// Path and pca_features of a part of Results, these under the name features: what vectors of either
// kind are called at the door. Errors: Damaged, naming `name`.
Batch DecodeScores(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                   const std::string& name);

// All columns but the features. Errors: Failure kStorage, naming `name`.
std::vector<PhotoRow> DecodePhotoRows(std::string_view bytes, const std::string& name);

// The columns that verger_plan_add_part takes of a part of Preprocessing: path, label, size,
// modified, sha256 and error. Errors: Damaged, naming `name`.
Batch DecodePhotoColumns(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                         const std::string& name);

// The columns sha256 and features of a part of Preprocessing. Errors: Damaged, naming `name`.
Batch DecodeContents(std::string_view bytes, const std::string& name);

// Path and label of the rows of a part of either kind. Errors: Damaged, naming `name`.
Batch DecodeNames(std::string_view bytes, const std::string& name);

// The rows that have features, in order: path, label, features.
// Errors: Failure kStorage, naming `name`.
Batch DecodeGoodRows(std::string_view bytes, const std::string& name);

// A part of Results, encoded. In: path, label, features; pca_features of the same rows.
std::shared_ptr<arrow::Buffer> EncodeResults(const Batch& features, const Batch& pca_features,
                                             const FileMetadata& metadata);

}  // namespace verger::cli
