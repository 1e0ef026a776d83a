#include "cli/runs/show.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <vector>

#include "cli/base/text.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

const std::vector<std::string> kColumns = {"path", "label", "features", "pca_features"};

struct ResultRow {
  std::string path;
  std::string label;
  std::vector<float> features;
  std::vector<float> pca_features;
};

TableShape ShapeOf(const Output& output) {
  TableShape shape{0, static_cast<int>(kColumns.size())};
  for (const ResultEntry& result : output.Reduced().results) {
    const FileEntry& file = result.part.file;
    const TableShape part =
        ReadParquetShape(output.OpenFile(file), output.place().PathOf(file.name));
    shape.rows += part.rows;
    shape.columns = part.columns;
  }
  return shape;
}

// Of the type that DecodeResults has seen to.
template <typename ArrayType>
const ArrayType& ColumnOf(const arrow::RecordBatch& batch, std::size_t column) {
  return static_cast<const ArrayType&>(*batch.GetColumnByName(kColumns[column]));
}

std::vector<float> VectorAt(const arrow::ListArray& lists, std::int64_t row) {
  const auto& values = static_cast<const arrow::FloatArray&>(*lists.values());
  const float* begin = values.raw_values() + lists.value_offset(row);
  return {begin, begin + lists.value_length(row)};
}

std::vector<ResultRow> FirstRows(const Output& output, int most) {
  std::vector<ResultRow> rows;
  for (const ResultEntry& result : output.Reduced().results) {
    const std::int64_t wanted = most - static_cast<std::int64_t>(rows.size());
    if (wanted <= 0) break;
    const std::string bytes = output.Read(result.part.file);
    const Batch batch =
        DecodeResults(bytes, output.place().PathOf(result.part.file.name), kColumns);
    for (std::int64_t row = 0; row < std::min(wanted, batch->num_rows()); ++row) {
      rows.push_back({ColumnOf<arrow::StringArray>(*batch, 0).GetString(row),
                      ColumnOf<arrow::StringArray>(*batch, 1).GetString(row),
                      VectorAt(ColumnOf<arrow::ListArray>(*batch, 2), row),
                      VectorAt(ColumnOf<arrow::ListArray>(*batch, 3), row)});
    }
  }
  return rows;
}

constexpr std::size_t kShown = 3;  // numbers of a vector

// "[0.0123, 1.2, -0.5, ... 1280 values]"
std::string ShortVector(std::span<const float> values, std::size_t shown) {
  std::string text = "[";
  for (std::size_t i = 0; i < std::min(shown, values.size()); ++i) {
    text += fmt::format("{}{:.4g}", i == 0 ? "" : ", ", values[i]);
  }
  if (values.size() > shown) {
    text += fmt::format("{}... {} values", shown == 0 ? "" : ", ", values.size());
  }
  return text + "]";
}

using Cells = std::array<std::string, 4>;

using Widths = std::array<int, 4>;

Widths WidthsOf(const std::vector<Cells>& table) {
  Widths widths{};
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

// The end says more: of a path, the photo; of a label, its number.
std::string EndOf(const std::string& text, int columns) {
  std::string end = text;
  while (Columns(end) > columns - 3) {
    std::size_t next = 1;  // whole characters
    while (next < end.size() && (end[next] & 0xC0) == 0x80) ++next;
    end.erase(0, next);
  }
  return "..." + end;
}

// Cuts paths and labels, the wider of the two first, down to `width` columns as far as they go.
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

std::vector<Cells> CellsOf(const std::vector<ResultRow>& rows, std::size_t shown) {
  std::vector<Cells> table = {{kColumns[0], kColumns[1], kColumns[2], kColumns[3]}};
  for (const ResultRow& row : rows) {
    table.push_back({Printable(row.path), Printable(row.label), ShortVector(row.features, shown),
                     ShortVector(row.pca_features, shown)});
  }
  return table;
}

std::vector<Cells> Fitted(const std::vector<ResultRow>& rows, std::optional<int> width) {
  std::vector<Cells> table = CellsOf(rows, kShown);
  if (!width) return table;
  for (std::size_t shown = kShown; WidthOf(table) > *width && shown-- > 0;) {
    table = CellsOf(rows, shown);
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
                                 {"columns", kColumns},
                                 {"rows", nlohmann::ordered_json::array()}};
  for (const ResultRow& row : FirstRows(output, rows)) {
    json["rows"].push_back({{kColumns[0], row.path},
                            {kColumns[1], row.label},
                            {kColumns[2], row.features},
                            {kColumns[3], row.pca_features}});
  }
  return json.dump(1) + "\n";
}

}  // namespace verger::cli
