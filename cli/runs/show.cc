#include "cli/runs/show.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/base/json.h"
#include "cli/base/text.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

TableShape ShapeOf(const Output& output) {
  TableShape shape{0, static_cast<int>(ResultsColumns().size())};
  for (const ResultEntry& result : output.Reduced().results) {
    const FileEntry& file = result.part.file;
    const TableShape part =
        ReadParquetShape(output.OpenFile(file), output.place().PathOf(file.name));
    shape.rows += part.rows;
    shape.columns = part.columns;
  }
  return shape;
}

std::vector<float> VectorAt(const arrow::ListArray& lists, std::int64_t row) {
  const auto& values = static_cast<const arrow::FloatArray&>(*lists.values());
  const float* begin = values.raw_values() + lists.value_offset(row);
  return {begin, begin + lists.value_length(row)};
}

// The first rows of Results, part by part.
std::vector<Batch> FirstRows(const Output& output, int most) {
  std::vector<Batch> rows;
  std::int64_t remaining = most;
  for (const ResultEntry& result : output.Reduced().results) {
    if (remaining <= 0) break;
    const Batch part =
        DecodeResults(output.Read(result.part.file), output.place().PathOf(result.part.file.name),
                      ResultsColumns());
    rows.push_back(part->Slice(0, std::min(remaining, part->num_rows())));
    remaining -= rows.back()->num_rows();
  }
  return rows;
}

constexpr std::size_t kNumbers = 3;  // numbers of a vector

// "[0.0123, 1.2, -0.5, ... 1280 values]"
std::string ShortVector(std::span<const float> values, std::size_t numbers) {
  std::string text = "[";
  for (std::size_t i = 0; i < std::min(numbers, values.size()); ++i) {
    text += fmt::format("{}{:.4g}", i == 0 ? "" : ", ", values[i]);
  }
  if (values.size() > numbers) {
    text += fmt::format("{}... {} values", numbers == 0 ? "" : ", ", values.size());
  }
  return text + "]";
}

std::string TextOf(const arrow::Array& column, std::int64_t row, std::size_t numbers) {
  switch (column.type_id()) {
    case arrow::Type::STRING:
      return Printable(static_cast<const arrow::StringArray&>(column).GetString(row));
    case arrow::Type::LIST:
      return ShortVector(VectorAt(static_cast<const arrow::ListArray&>(column), row), numbers);
    case arrow::Type::FLOAT:
      return fmt::format("{:.4g}", static_cast<const arrow::FloatArray&>(column).Value(row));
    default:
      throw Failure(Exit::kFailed, "show: no text for a column of " + column.type()->ToString());
  }
}

nlohmann::ordered_json JsonOf(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::STRING:
      return static_cast<const arrow::StringArray&>(column).GetString(row);
    case arrow::Type::LIST:
      return VectorAt(static_cast<const arrow::ListArray&>(column), row);
    case arrow::Type::FLOAT:
      return static_cast<const arrow::FloatArray&>(column).Value(row);
    default:
      throw Failure(Exit::kFailed, "show: no JSON for a column of " + column.type()->ToString());
  }
}

using Cells = std::vector<std::string>;  // a cell for each of ResultsColumns

using Widths = std::vector<int>;

Widths WidthsOf(const std::vector<Cells>& table) {
  Widths widths(table.front().size());
  for (const Cells& cells : table) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], Columns(cells[i]));
    }
  }
  return widths;
}

// Columns of the whole table, its lines included.
int WidthOf(const std::vector<Cells>& table) {
  const Widths widths = WidthsOf(table);
  return std::accumulate(widths.begin(), widths.end(), 3 * static_cast<int>(widths.size()) + 1);
}

// Its bytes in UTF-8. Requires: `text` is not empty.
std::string_view FirstCharacter(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
  return text.substr(0, size);
}

// The end says more: of a path, the photo; of a label, its number.
std::string EndOf(const std::string& text, int columns) {
  std::string end = text;
  while (Columns(end) > columns - 3) {
    end.erase(0, FirstCharacter(end).size());
    while (!end.empty() && Columns(FirstCharacter(end)) == 0)
      end.erase(0, FirstCharacter(end).size());
  }
  return "..." + end;
}

// Cuts paths and labels, the first two columns, the wider of the two first, down to `width` columns
// as far as they go.
void CutTexts(std::vector<Cells>* table, int width) {
  constexpr int kLeast = 12;
  for (int over = WidthOf(*table) - width; over > 0; over = WidthOf(*table) - width) {
    const Widths widths = WidthsOf(*table);
    const std::size_t column = widths[0] >= widths[1] ? 0 : 1;
    const int cut = std::max({kLeast, widths[column] - over, widths[1 - column] - 1});
    if (cut >= widths[column]) return;
    for (Cells& cells : *table) {
      if (Columns(cells[column]) > cut) cells[column] = EndOf(cells[column], cut);
    }
  }
}

std::vector<Cells> CellsOf(const std::vector<Batch>& rows, std::size_t numbers) {
  const Cells columns = ResultsColumns();
  std::vector<Cells> table = {columns};
  for (const Batch& part : rows) {
    for (std::int64_t row = 0; row < part->num_rows(); ++row) {
      Cells& cells = table.emplace_back();
      for (const std::string& column : columns) {
        cells.push_back(TextOf(*part->GetColumnByName(column), row, numbers));
      }
    }
  }
  return table;
}

std::vector<Cells> Fitted(const std::vector<Batch>& rows, std::optional<int> width) {
  std::vector<Cells> table = CellsOf(rows, kNumbers);
  if (!width) return table;
  for (std::size_t numbers = kNumbers; WidthOf(table) > *width && numbers-- > 0;) {
    table = CellsOf(rows, numbers);
  }
  CutTexts(&table, *width);
  return table;
}

// Like Spark's show(), which the users of such tables know.
std::string DrawTable(const std::vector<Cells>& table) {
  const Widths widths = WidthsOf(table);
  std::string rule = "+";
  for (const int width : widths)
    rule += std::string(static_cast<std::size_t>(width) + 2, '-') + "+";
  rule += "\n";
  std::string text = rule;
  for (std::size_t row = 0; row < table.size(); ++row) {
    text += "|";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const auto padding = static_cast<std::size_t>(widths[i] - Columns(table[row][i]));
      text += " " + table[row][i] + std::string(padding, ' ') + " |";
    }
    text += "\n";
    if (row == 0) text += rule;
  }
  return text + rule;
}

}  // namespace

std::string ShowTable(const Output& output, int rows, std::optional<int> width) {
  const TableShape shape = ShapeOf(output);
  return DrawTable(Fitted(FirstRows(output, rows), width)) +
         fmt::format("Dimensions: ({}, {})\n", shape.rows, shape.columns);
}

std::string ShowJson(const Output& output, int rows) {
  const TableShape shape = ShapeOf(output);
  nlohmann::ordered_json json = {{"dimensions", {shape.rows, shape.columns}},
                                 {"columns", ResultsColumns()},
                                 {"rows", nlohmann::ordered_json::array()}};
  for (const Batch& part : FirstRows(output, rows)) {
    for (std::int64_t row = 0; row < part->num_rows(); ++row) {
      nlohmann::ordered_json values;
      for (const std::string& column : ResultsColumns()) {
        values[column] = JsonOf(*part->GetColumnByName(column), row);
      }
      json["rows"].push_back(std::move(values));
    }
  }
  return FormatJson(json, 1) + "\n";
}

}  // namespace verger::cli
