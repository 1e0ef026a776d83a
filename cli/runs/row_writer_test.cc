#include "cli/runs/row_writer.h"

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/base/arrow_errors.h"
#include "cli/base/json.h"
#include "cli/tables/parquet_file.h"

namespace verger::cli {
namespace {

// A row of everything, with names as nobody should have them, and one of nulls.
Batch Rows() {
  arrow::StringBuilder text;
  arrow::DoubleBuilder number;
  arrow::BooleanBuilder flag;
  auto items = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder texts(arrow::default_memory_pool(), items);
  auto values = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder numbers(arrow::default_memory_pool(), values);
  OrThrow(text.Append("a,\"b\"\n"));
  OrThrow(number.Append(0.1 + 0.2));
  OrThrow(flag.Append(true));
  OrThrow(texts.Append());
  for (const char* item : {"a|b", "c\\d", "e"}) OrThrow(items->Append(item));
  OrThrow(numbers.Append());
  for (const float item : {0.1F, 2.0F}) OrThrow(values->Append(item));
  OrThrow(text.AppendNull());
  OrThrow(number.AppendNull());
  OrThrow(flag.AppendNull());
  OrThrow(texts.AppendNull());
  OrThrow(numbers.AppendNull());
  const arrow::ArrayVector columns = {OrThrow(text.Finish()), OrThrow(number.Finish()),
                                      OrThrow(flag.Finish()), OrThrow(texts.Finish()),
                                      OrThrow(numbers.Finish())};
  std::vector<std::shared_ptr<arrow::Field>> fields;
  const std::vector<std::string> names = {"text", "number", "flag", "texts", "numbers"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    fields.push_back(arrow::field(names[i], columns[i]->type()));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), 2, columns);
}

// What is printed of the rows, given twice.
std::string Written(const std::string& format) {
  testing::internal::CaptureStdout();
  const std::unique_ptr<RowWriter> writer = OpenRows(format);
  writer->Write(Rows());
  writer->Write(Rows());
  writer->Finish();
  return testing::internal::GetCapturedStdout();
}

TEST(RowWriter, CsvHasOneHeaderAndQuotes) {
  const std::string rows =
      "\"a,\"\"b\"\"\n\",0.30000000000000004,true,a\\|b|c\\\\d|e,0.1|2\r\n,,,,\r\n";
  EXPECT_EQ(Written("csv"), "text,number,flag,texts,numbers\r\n" + rows + rows);
}

TEST(RowWriter, JsonLinesLeaveNullOut) {
  const std::string text = Written("jsonl");
  const std::string line = text.substr(0, text.find('\n'));
  EXPECT_EQ(text, line + "\n{}\n" + line + "\n{}\n");
  const auto json = ParseJson(line);
  EXPECT_EQ(json.at("text"), "a,\"b\"\n");
  EXPECT_EQ(json.at("number"), 0.1 + 0.2);
  EXPECT_EQ(json.at("flag"), true);
  EXPECT_EQ(json.at("texts"), (std::vector<std::string>{"a|b", "c\\d", "e"}));
  EXPECT_EQ(json.at("numbers"), (std::vector<float>{0.1F, 2.0F}));
}

TEST(RowWriter, ParquetHoldsTheSameRows) {
  const std::string bytes = Written("parquet");
  const Batch rows = Rows();
  const auto table =
      DecodeParquet(AsFile(bytes), "rows", rows->schema()->field_names(), *rows->schema());
  const auto expected = OrThrow(arrow::Table::FromRecordBatches({rows, rows}));
  ASSERT_EQ(table->num_rows(), 4);
  for (const char* name : {"text", "number", "flag"}) {
    EXPECT_TRUE(table->GetColumnByName(name)->Equals(*expected->GetColumnByName(name))) << name;
  }
  for (const char* name : {"texts", "numbers"}) {
    // Lists of other names for their items: as text, however many chunks they lie in.
    const auto whole = [name](const arrow::Table& of) {
      return OrThrow(arrow::Concatenate(of.GetColumnByName(name)->chunks()))->ToString();
    };
    EXPECT_EQ(whole(*table), whole(*expected));
  }
}

}  // namespace
}  // namespace verger::cli
