// parquet_file.h: whole Parquet files in memory.
#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace verger::cli {

using FileMetadata = std::map<std::string, std::string>;

// Encodes a table as one Parquet file of one row group. Floats are stored plain, all else
// is compressed by zstd; lists are the three-level kind that every reader knows.
std::shared_ptr<arrow::Buffer> EncodeParquet(const arrow::Table& table,
                                             const FileMetadata& metadata);

// Whether a Parquet file has columns of these names and types, by its footer; it may have others.
// Errors: Damaged, naming the file, the column, its type and the one wanted.
void RequireColumns(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                    const std::string& name, const arrow::Schema& required);

// Reads some top-level columns of a Parquet file that has all of `wanted`; `name` is for messages.
// Errors: Damaged if the bytes are no Parquet; as RequireColumns.
std::shared_ptr<arrow::Table> DecodeParquet(
    const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::string& name,
    const std::vector<std::string>& columns, const arrow::Schema& required);

struct TableShape {
  std::int64_t rows = 0;
  int columns = 0;
};

// Bytes in memory as a file. Requires: they outlive it.
std::shared_ptr<arrow::io::RandomAccessFile> AsFile(std::string_view bytes);

// How many rows and top-level columns a Parquet file has, by its footer. Errors: as DecodeParquet.
TableShape ReadParquetShape(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                            const std::string& name);

// The key-value metadata of a Parquet file, by its footer. Errors: as DecodeParquet.
FileMetadata ReadParquetMetadata(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                                 const std::string& name);

}  // namespace verger::cli
