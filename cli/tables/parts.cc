#include "cli/tables/parts.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/c/bridge.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/core.h>

#include "abi/verger.h"
#include "cli/base/arrow_errors.h"
#include "cli/base/library.h"

namespace verger::cli {
namespace {

std::shared_ptr<arrow::Schema> SchemaOf(verger_file file) {
  ArrowSchema schema{};
  Call(verger_part_schema, file, &schema);
  return OrThrow(arrow::ImportSchema(&schema));
}

const std::shared_ptr<arrow::Schema>& PreprocessingSchema() {
  static const std::shared_ptr<arrow::Schema> schema = SchemaOf(VERGER_FILE_PREPROCESSING);
  return schema;
}

const std::shared_ptr<arrow::Schema>& ResultsSchema() {
  static const std::shared_ptr<arrow::Schema> schema = SchemaOf(VERGER_FILE_RESULTS);
  return schema;
}

std::shared_ptr<arrow::DataType> VectorType() {
  return PreprocessingSchema()->GetFieldByName("features")->type();
}

// A column built value by value; `null` says which values are missing.
template <typename Builder, typename Value, typename Null>
std::shared_ptr<arrow::Array> Column(const std::vector<PhotoRow>& rows,
                                     const std::shared_ptr<arrow::DataType>& type, Value value,
                                     Null null) {
  Builder builder(type, arrow::default_memory_pool());
  for (const PhotoRow& row : rows) {
    OrThrow(null(row) ? builder.AppendNull() : builder.Append(value(row)));
  }
  return OrThrow(builder.Finish());
}

std::shared_ptr<arrow::Array> FeatureColumn(const PartRows& part, int dimension) {
  arrow::FloatBuilder values;
  OrThrow(values.AppendValues(part.features));
  arrow::TypedBufferBuilder<std::int32_t> offsets;
  arrow::TypedBufferBuilder<bool> valid;
  std::int32_t offset = 0;
  OrThrow(offsets.Append(0));
  for (const PhotoRow& row : part.rows) {
    if (!row.rejected()) offset += dimension;
    OrThrow(offsets.Append(offset));
    OrThrow(valid.Append(!row.rejected()));
  }
  if (static_cast<std::size_t>(offset) != part.features.size()) {
    throw Failure(Exit::kFailed, "a part's features do not fit its rows");
  }
  const std::int64_t nulls = valid.false_count();
  return std::make_shared<arrow::ListArray>(
      VectorType(), static_cast<std::int64_t>(part.rows.size()), OrThrow(offsets.Finish()),
      OrThrow(values.Finish()), OrThrow(valid.Finish()), nulls);
}

// A column of lists as VectorType, which the writer goes by; parts of earlier versions and the
// library have another. Errors: Failure kFailed if a number is null. Cost: nothing is copied.
std::shared_ptr<arrow::Array> AsVectors(const std::shared_ptr<arrow::Array>& column) {
  if (static_cast<const arrow::ListArray&>(*column).values()->null_count() != 0) {
    throw Failure(Exit::kFailed, "a vector of a part has a number that is null");
  }
  const auto data = column->data()->Copy();
  data->type = VectorType();
  return arrow::MakeArray(data);
}

Batch Combine(const std::shared_ptr<arrow::Table>& table) {
  return OrThrow(table->CombineChunksToBatch());
}

}  // namespace

std::shared_ptr<arrow::Buffer> EncodePreprocessing(const PartRows& part, int dimension,
                                                   const FileMetadata& metadata) {
  const auto always = [](const PhotoRow&) { return false; };
  const auto unread = [](const PhotoRow& row) { return row.size < 0; };
  const auto& schema = PreprocessingSchema();
  const auto text = [&](auto member, auto null) {
    return Column<arrow::StringBuilder>(
        part.rows, arrow::utf8(), [=](const PhotoRow& row) { return row.*member; }, null);
  };
  const auto table = arrow::Table::Make(
      schema, {text(&PhotoRow::path, always), text(&PhotoRow::label, always),
               FeatureColumn(part, dimension),
               Column<arrow::Int64Builder>(
                   part.rows, arrow::int64(), [](const PhotoRow& row) { return row.size; }, unread),
               Column<arrow::TimestampBuilder>(
                   part.rows, schema->GetFieldByName("modified")->type(),
                   [](const PhotoRow& row) { return row.modified; }, unread),
               text(&PhotoRow::sha256, [](const PhotoRow& row) { return row.sha256.empty(); }),
               text(&PhotoRow::error, [](const PhotoRow& row) { return !row.rejected(); })});
  return EncodeParquet(*table, metadata);
}

std::vector<std::string> ResultsColumns() { return ResultsSchema()->field_names(); }

void RequireResults(std::string_view bytes, const std::string& name) {
  RequireColumns(AsFile(bytes), name, *ResultsSchema());
}

Batch DecodeResults(std::string_view bytes, const std::string& name,
                    const std::vector<std::string>& columns) {
  return Combine(DecodeParquet(AsFile(bytes), name, columns, *ResultsSchema()));
}

Batch DecodeScores(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                   const std::string& name) {
  return OrThrow(Combine(DecodeParquet(file, name, {"path", "pca_features"}, *ResultsSchema()))
                     ->RenameColumns({"path", "features"}));
}

Batch DecodePhotoColumns(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                         const std::string& name) {
  return Combine(DecodeParquet(file, name, {"path", "label", "size", "modified", "sha256", "error"},
                               *PreprocessingSchema()));
}

std::vector<PhotoRow> DecodePhotoRows(std::string_view bytes, const std::string& name) {
  const Batch batch = DecodePhotoColumns(AsFile(bytes), name);
  const auto& path = ColumnOf<arrow::StringArray>(*batch, "path");
  const auto& label = ColumnOf<arrow::StringArray>(*batch, "label");
  const auto& size = ColumnOf<arrow::Int64Array>(*batch, "size");
  const auto& modified = ColumnOf<arrow::TimestampArray>(*batch, "modified");
  const auto& sha256 = ColumnOf<arrow::StringArray>(*batch, "sha256");
  const auto& error = ColumnOf<arrow::StringArray>(*batch, "error");
  std::vector<PhotoRow> rows(static_cast<std::size_t>(batch->num_rows()));
  for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
    PhotoRow& photo = rows[static_cast<std::size_t>(row)];
    photo.path = path.GetString(row);
    photo.label = label.GetString(row);
    photo.size = size.IsNull(row) ? -1 : size.Value(row);
    photo.modified = modified.IsNull(row) ? 0 : modified.Value(row);
    if (!sha256.IsNull(row)) photo.sha256 = sha256.GetString(row);
    if (!error.IsNull(row)) photo.error = error.GetString(row);
  }
  return rows;
}

Batch DecodeContents(std::string_view bytes, const std::string& name) {
  return Combine(
      DecodeParquet(AsFile(bytes), name, {"sha256", "features"}, *PreprocessingSchema()));
}

Batch DecodeNames(std::string_view bytes, const std::string& name) {
  const auto names = arrow::schema({PreprocessingSchema()->GetFieldByName("path"),
                                    PreprocessingSchema()->GetFieldByName("label")});
  return Combine(DecodeParquet(AsFile(bytes), name, {"path", "label"}, *names));
}

Batch DecodeGoodRows(std::string_view bytes, const std::string& name) {
  Batch batch = Combine(
      DecodeParquet(AsFile(bytes), name, {"path", "label", "features"}, *PreprocessingSchema()));
  const auto& features = ColumnOf<arrow::ListArray>(*batch, "features");
  if (features.null_count() == 0) return batch;
  arrow::Int64Builder good;
  for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
    if (!features.IsNull(row)) OrThrow(good.Append(row));
  }
  const arrow::Datum rows =
      OrThrow(arrow::compute::Take(arrow::Datum(batch), arrow::Datum(OrThrow(good.Finish()))));
  return rows.record_batch();
}

std::shared_ptr<arrow::Buffer> EncodeResults(const Batch& features, const Batch& pca_features,
                                             const FileMetadata& metadata) {
  const auto table = arrow::Table::Make(
      ResultsSchema(), {features->GetColumnByName("path"), features->GetColumnByName("label"),
                        AsVectors(features->GetColumnByName("features")),
                        AsVectors(pca_features->GetColumnByName("pca_features"))});
  return EncodeParquet(*table, metadata);
}

}  // namespace verger::cli
