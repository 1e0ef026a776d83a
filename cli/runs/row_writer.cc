#include "cli/runs/row_writer.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <fmt/core.h>
#include <parquet/arrow/writer.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/base/arrow_errors.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

using Json = nlohmann::ordered_json;

// Text, a number or a truth value.
std::string TextAt(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::DOUBLE:
      return fmt::format("{}", static_cast<const arrow::DoubleArray&>(column).Value(row));
    case arrow::Type::FLOAT:
      return fmt::format("{}", static_cast<const arrow::FloatArray&>(column).Value(row));
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(column).Value(row) ? "true" : "false";
    default:
      return static_cast<const arrow::StringArray&>(column).GetString(row);
  }
}

std::string CsvAt(const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) return "";
  if (column.type_id() != arrow::Type::LIST) return CsvField(TextAt(column, row));
  const auto& list = static_cast<const arrow::ListArray&>(column);
  std::string all;
  for (std::int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
    if (i > list.value_offset(row)) all += '|';
    for (const char c : TextAt(*list.values(), i)) {
      if (c == '|' || c == '\\') all += '\\';
      all += c;
    }
  }
  return CsvField(all);
}

Json JsonAt(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(column).Value(row);
    case arrow::Type::FLOAT:
      return static_cast<const arrow::FloatArray&>(column).Value(row);
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(column).Value(row);
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(column);
      Json items = Json::array();
      for (std::int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
        items.push_back(JsonAt(*list.values(), i));
      }
      return items;
    }
    default:
      return static_cast<const arrow::StringArray&>(column).GetString(row);
  }
}

class CsvRows : public RowWriter {
 public:
  void Write(const Batch& rows) override {
    std::string text;
    if (!std::exchange(begun_, true)) {
      for (const std::string& name : rows->schema()->field_names()) {
        text += (text.empty() ? "" : ",") + CsvField(name);
      }
      text += "\r\n";
    }
    for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
      for (int column = 0; column < rows->num_columns(); ++column) {
        text += (column == 0 ? "" : ",") + CsvAt(*rows->column(column), row);
      }
      text += "\r\n";
    }
    Print(text);
  }

 private:
  bool begun_ = false;
};

class JsonRows : public RowWriter {
 public:
  void Write(const Batch& rows) override {
    std::string text;
    for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
      Json line = Json::object();
      for (int i = 0; i < rows->num_columns(); ++i) {
        const arrow::Array& column = *rows->column(i);
        if (!column.IsNull(row)) line[rows->schema()->field(i)->name()] = JsonAt(column, row);
      }
      text += FormatJson(line) + "\n";
    }
    Print(text);
  }
};

// A Parquet file ends with where its columns lie: it is written when all rows are there.
class ParquetRows : public RowWriter {
 public:
  void Write(const Batch& rows) override { batches_.push_back(rows); }

  void Finish() override {
    if (batches_.empty()) return;
    const auto sink = OrThrow(arrow::io::BufferOutputStream::Create());
    const auto writer = OrThrow(parquet::arrow::FileWriter::Open(
        *batches_.front()->schema(), arrow::default_memory_pool(), sink,
        parquet::WriterProperties::Builder().compression(arrow::Compression::ZSTD)->build()));
    OrThrow(writer->WriteTable(*OrThrow(arrow::Table::FromRecordBatches(batches_))));
    OrThrow(writer->Close());
    const auto bytes = OrThrow(sink->Finish());
    Print({reinterpret_cast<const char*>(bytes->data()), static_cast<std::size_t>(bytes->size())});
  }

 private:
  std::vector<Batch> batches_;
};

}  // namespace

std::unique_ptr<RowWriter> OpenRows(const std::string& format) {
  if (format == "csv") return std::make_unique<CsvRows>();
  if (format == "jsonl") return std::make_unique<JsonRows>();
  return std::make_unique<ParquetRows>();
}

}  // namespace verger::cli
