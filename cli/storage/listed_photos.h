// listed_photos.h: rows of a listing, as Arrow batches.
#pragma once

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace verger::cli {

// A batch of a stream, but for the last, has about as many rows.
inline constexpr std::int64_t kListingRows = 4096;

// Columns path: utf8, label: utf8, size: int64, modified: int64, problem: utf8, file: binary.
const std::shared_ptr<arrow::Schema>& ListingSchema();

struct ListedPhoto {
  std::string_view path;
  std::string_view label;
  std::int64_t size = 0;                 // bytes
  std::optional<std::int64_t> modified;  // microseconds since 1970, UTC; nothing if unknown
  std::string_view problem;              // null in the batch where ""
  std::string_view file;                 // what storage calls it; null in the batch where `path`
};

// Reads the rows of a batch, which it keeps alive.
class ListedPhotos {
 public:
  // Requires: columns as in ListingSchema.
  explicit ListedPhotos(std::shared_ptr<arrow::RecordBatch> batch);

  std::int64_t size() const { return batch_->num_rows(); }
  ListedPhoto operator[](std::int64_t row) const;

 private:
  std::shared_ptr<arrow::RecordBatch> batch_;
  const arrow::StringArray* path_;
  const arrow::StringArray* label_;
  const arrow::Int64Array* size_;
  const arrow::Int64Array* modified_;
  const arrow::StringArray* problem_;
  const arrow::BinaryArray* file_;
};

class ListingBuilder {
 public:
  void Add(const ListedPhoto& photo);
  std::int64_t rows() const { return path_.length(); }

  // Returns the rows so far and starts again with none.
  std::shared_ptr<arrow::RecordBatch> Finish();

 private:
  arrow::StringBuilder path_;
  arrow::StringBuilder label_;
  arrow::Int64Builder size_;
  arrow::Int64Builder modified_;
  arrow::StringBuilder problem_;
  arrow::BinaryBuilder file_;
};

}  // namespace verger::cli
