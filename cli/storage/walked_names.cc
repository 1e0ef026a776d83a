#include "cli/storage/walked_names.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"

namespace verger::cli {

std::string_view WalkedNames::TextAt(const arrow::Array& array, std::int64_t i) {
  if (array.IsNull(i)) return {};
  return array.type_id() == arrow::Type::STRING
             ? static_cast<const arrow::StringArray&>(array).GetView(i)
             : static_cast<const arrow::LargeStringArray&>(array).GetView(i);
}

void RawNames::Add(std::string_view name, bool folder) {
  OrThrow(names_.Append(name));
  OrThrow(folders_.Append(folder));
}

WalkedNames RawNames::Walk(std::string_view folder, std::string_view root, bool include_hidden,
                           verger_listing_counts* counts) {
  WalkedNames walked;
  OrThrow(names_.Finish(&walked.names_));
  OrThrow(folders_.Finish(&walked.folders_));
  static const auto schema = arrow::schema(
      {arrow::field("name", arrow::large_binary()), arrow::field("folder", arrow::boolean())});
  const auto names = arrow::RecordBatch::Make(
      schema, walked.names_->length(),
      std::vector<std::shared_ptr<arrow::Array>>{walked.names_, walked.folders_});
  const ExportedBatch exported(*names);
  const std::shared_ptr<arrow::RecordBatch> batch =
      ImportBatch(verger_walk_names, Borrowed(folder), Borrowed(root), include_hidden ? 1 : 0,
                  exported.array(), exported.schema(), counts);
  walked.rows_ = std::static_pointer_cast<arrow::Int64Array>(batch->GetColumnByName("row"));
  walked.paths_ = batch->GetColumnByName("path");
  walked.labels_ = batch->GetColumnByName("label");
  walked.problems_ = batch->GetColumnByName("problem");
  return walked;
}

}  // namespace verger::cli
