#include "cli/tables/parquet_file.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/core.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <new>

#include "cli/base/arrow_errors.h"

namespace verger::cli {
namespace {

// Path of the values of a list column in Parquet's schema.
std::string ListPath(const std::string& column) { return column + ".list.element"; }

std::shared_ptr<parquet::WriterProperties> PropertiesFor(const arrow::Schema& schema) {
  parquet::WriterProperties::Builder builder;
  builder.compression(arrow::Compression::ZSTD);
  for (const auto& field : schema.fields()) {
    // No two rows have the same.
    if (field->name() == "path" || field->name() == "sha256") {
      builder.disable_dictionary(field->name());
    }
    if (field->type()->id() != arrow::Type::LIST) continue;
    // Features are noise to a compressor and never repeat.
    builder.disable_dictionary(ListPath(field->name()))
        ->disable_statistics(ListPath(field->name()))
        ->compression(ListPath(field->name()), arrow::Compression::UNCOMPRESSED);
  }
  return builder.build();
}

std::unique_ptr<parquet::arrow::FileReader> Open(
    const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::string& name) {
  try {
    parquet::arrow::FileReaderBuilder builder;
    OrThrow(builder.Open(file), Exit::kStorage);
    std::unique_ptr<parquet::arrow::FileReader> reader;
    OrThrow(builder.Build(&reader), Exit::kStorage);
    return reader;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Damaged(fmt::format("{}: not a whole Parquet file: {}", name, error.what()));
  }
}

// Lists of the same numbers differ by the name that a writer gave to their values.
bool SameType(const arrow::DataType& a, const arrow::DataType& b) {
  if (a.id() != arrow::Type::LIST || b.id() != arrow::Type::LIST) return a.Equals(b);
  return a.field(0)->type()->Equals(b.field(0)->type());
}

void RequireColumns(parquet::arrow::FileReader& reader, const std::string& name,
                    const arrow::Schema& required) {
  std::shared_ptr<arrow::Schema> schema;
  const arrow::Status status = reader.GetSchema(&schema);
  if (!status.ok()) throw Damaged(fmt::format("{}: damaged: {}", name, status.message()));
  for (const auto& field : required.fields()) {
    const auto there = schema->GetFieldByName(field->name());
    if (there == nullptr) {
      throw Damaged(
          fmt::format("{}: no column '{}', or more than one: run again", name, field->name()));
    }
    if (!SameType(*there->type(), *field->type())) {
      throw Damaged(fmt::format("{}: column '{}' holds {} instead of {}: run again", name,
                                field->name(), there->type()->ToString(),
                                field->type()->ToString()));
    }
  }
}

}  // namespace

std::shared_ptr<arrow::Buffer> EncodeParquet(const arrow::Table& table,
                                             const FileMetadata& metadata) {
  auto sink = OrThrow(arrow::io::BufferOutputStream::Create());
  auto writer = OrThrow(parquet::arrow::FileWriter::Open(
      *table.schema(), arrow::default_memory_pool(), sink, PropertiesFor(*table.schema())));
  OrThrow(writer->AddKeyValueMetadata(std::make_shared<arrow::KeyValueMetadata>(
      std::unordered_map<std::string, std::string>(metadata.begin(), metadata.end()))));
  OrThrow(writer->WriteTable(table, std::max<std::int64_t>(table.num_rows(), 1)));
  OrThrow(writer->Close());
  return OrThrow(sink->Finish());
}

void RequireColumns(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                    const std::string& name, const arrow::Schema& required) {
  RequireColumns(*Open(file, name), name, required);
}

std::shared_ptr<arrow::Table> DecodeParquet(
    const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::string& name,
    const std::vector<std::string>& columns, const arrow::Schema& required) {
  const auto reader = Open(file, name);
  RequireColumns(*reader, name, required);
  try {
    const parquet::SchemaDescriptor& schema = *reader->parquet_reader()->metadata()->schema();
    std::vector<int> leaves;
    for (const std::string& column : columns) {
      for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
        if (schema.Column(leaf)->path()->ToDotVector().front() == column) leaves.push_back(leaf);
      }
    }
    return OrThrow(reader->ReadTable(leaves), Exit::kStorage);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Damaged(fmt::format("{}: damaged: {}", name, error.what()));
  }
}

std::shared_ptr<arrow::io::RandomAccessFile> AsFile(std::string_view bytes) {
  return std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(bytes));
}

TableShape ReadParquetShape(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                            const std::string& name) {
  const auto metadata = Open(file, name)->parquet_reader()->metadata();
  return {metadata->num_rows(), metadata->schema()->group_node()->field_count()};
}

FileMetadata ReadParquetMetadata(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                                 const std::string& name) {
  const auto reader = Open(file, name);
  const auto& pairs = reader->parquet_reader()->metadata()->key_value_metadata();
  FileMetadata metadata;
  for (std::int64_t pair = 0; pairs != nullptr && pair < pairs->size(); ++pair) {
    metadata[pairs->key(pair)] = pairs->value(pair);
  }
  return metadata;
}

}  // namespace verger::cli
