// show.h: the Results of an output, as a person or a program wants to see them.
#pragma once

#include <optional>
#include <string>

#include "cli/runs/output.h"

namespace verger::cli {

// The first rows of Results as a table, then a line "Dimensions: (rows, columns)", both read from
// the Parquet files themselves. Fewer numbers, then shorter paths and labels, where the table would
// be wider than `width` columns. Errors: Failure.
std::string ShowTable(const Output& output, int rows, std::optional<int> width = std::nullopt);

// The same as a JSON object: dimensions, columns, and rows with whole vectors.
std::string ShowJson(const Output& output, int rows);

}  // namespace verger::cli
