#include "cli/storage/listed_photos.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include <utility>
#include <vector>

#include "cli/base/arrow_errors.h"

namespace verger::cli {
namespace {

template <typename Array>
const Array* Column(const arrow::RecordBatch& batch, int column) {
  return static_cast<const Array*>(batch.column(column).get());
}

template <typename Builder>
void AddText(Builder* builder, std::string_view text, bool null) {
  OrThrow(null ? builder->AppendNull() : builder->Append(text));
}

}  // namespace

const std::shared_ptr<arrow::Schema>& ListingSchema() {
  static const std::shared_ptr<arrow::Schema> schema = arrow::schema(
      {arrow::field("path", arrow::utf8()), arrow::field("label", arrow::utf8()),
       arrow::field("size", arrow::int64()), arrow::field("modified", arrow::int64()),
       arrow::field("problem", arrow::utf8()), arrow::field("file", arrow::binary())});
  return schema;
}

ListedPhotos::ListedPhotos(std::shared_ptr<arrow::RecordBatch> batch)
    : batch_(std::move(batch)),
      path_(Column<arrow::StringArray>(*batch_, 0)),
      label_(Column<arrow::StringArray>(*batch_, 1)),
      size_(Column<arrow::Int64Array>(*batch_, 2)),
      modified_(Column<arrow::Int64Array>(*batch_, 3)),
      problem_(Column<arrow::StringArray>(*batch_, 4)),
      file_(Column<arrow::BinaryArray>(*batch_, 5)) {}

ListedPhoto ListedPhotos::operator[](std::int64_t row) const {
  ListedPhoto photo{path_->GetView(row), label_->GetView(row), size_->Value(row), {}, {}, {}};
  if (modified_->IsValid(row)) photo.modified = modified_->Value(row);
  if (problem_->IsValid(row)) photo.problem = problem_->GetView(row);
  photo.file = file_->IsValid(row) ? file_->GetView(row) : photo.path;
  return photo;
}

void ListingBuilder::Add(const ListedPhoto& photo) {
  OrThrow(path_.Append(photo.path));
  OrThrow(label_.Append(photo.label));
  OrThrow(size_.Append(photo.size));
  OrThrow(photo.modified ? modified_.Append(*photo.modified) : modified_.AppendNull());
  AddText(&problem_, photo.problem, photo.problem.empty());
  AddText(&file_, photo.file, photo.file == photo.path);
}

std::shared_ptr<arrow::RecordBatch> ListingBuilder::Finish() {
  const std::int64_t length = rows();
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
           &path_, &label_, &size_, &modified_, &problem_, &file_}) {
    columns.push_back(OrThrow(builder->Finish()));
  }
  return arrow::RecordBatch::Make(ListingSchema(), length, std::move(columns));
}

}  // namespace verger::cli
