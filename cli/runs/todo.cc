#include "cli/runs/todo.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <utility>

namespace verger::cli {
namespace {

std::string TextAt(const arrow::BinaryArray& column, std::int64_t row) {
  return column.IsNull(row) ? std::string() : column.GetString(row);
}

}  // namespace

void TodoRows::Add(Batch batch) {
  rows_ += batch->num_rows();
  ++batches_;
  store_->Add(std::move(batch));
}

std::vector<TodoSlice> TodoRows::Cut(std::int64_t most_rows, std::int64_t most_bytes) const {
  std::vector<TodoSlice> slices;
  for (std::size_t index = 0; index < batches_; ++index) {
    const Batch batch = store_->Read(index);
    const auto& sizes = ColumnOf<arrow::Int64Array>(*batch, "size");
    const auto& parts = ColumnOf<arrow::Int64Array>(*batch, "part");
    TodoSlice slice{index, 0, 0};
    std::int64_t bytes = 0;
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      const std::int64_t size = parts.IsNull(row) && !sizes.IsNull(row) ? sizes.Value(row) : 0;
      if (slice.count == most_rows || (slice.count > 0 && bytes + size > most_bytes)) {
        slices.push_back(slice);
        slice = {index, row, 0};
        bytes = 0;
      }
      ++slice.count;
      bytes += size;
    }
    if (slice.count > 0) slices.push_back(slice);
  }
  return slices;
}

std::vector<PlannedPhoto> TodoRows::Read(const TodoSlice& slice) const {
  const Batch batch = store_->Read(slice.batch);
  const auto text = [&](const char* name) -> const arrow::BinaryArray& {  // of text as well
    return ColumnOf<arrow::BinaryArray>(*batch, name);
  };
  const auto number = [&](const char* name) -> const arrow::Int64Array& {
    return ColumnOf<arrow::Int64Array>(*batch, name);
  };
  std::vector<PlannedPhoto> planned(static_cast<std::size_t>(slice.count));
  for (std::int64_t item = 0; item < slice.count; ++item) {
    const std::int64_t row = slice.begin + item;
    PlannedPhoto& to_do = planned[static_cast<std::size_t>(item)];
    to_do.photo.path = TextAt(text("path"), row);
    to_do.photo.label = TextAt(text("label"), row);
    to_do.photo.file = TextAt(text("file"), row);
    to_do.photo.problem = TextAt(text("problem"), row);
    // A row whose photo was never read has no size: it is tried again.
    to_do.photo.size = number("size").IsNull(row) ? -1 : number("size").Value(row);
    to_do.photo.modified = number("modified").IsNull(row) ? 0 : number("modified").Value(row);
    to_do.sha256 = TextAt(text("sha256"), row);
    to_do.error = TextAt(text("error"), row);
    if (number("part").IsNull(row)) continue;
    to_do.part = number("part").Value(row);
    to_do.row = number("row").Value(row);
  }
  return planned;
}

}  // namespace verger::cli
