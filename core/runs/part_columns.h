// part_columns.h: the columns of a part, as docs/feature-format.md has them.
#pragma once

#include <array>
#include <string_view>

namespace verger {

enum class ColumnType {
  kText,     // utf8
  kVector,   // list of float32, whose numbers are never null: some readers compute with no other
  kInteger,  // int64
  kTime,     // microseconds since 1970, UTC
};

struct PartColumn {
  std::string_view name;
  ColumnType type;
  bool nullable;
};

inline constexpr std::array<PartColumn, 7> kPreprocessingColumns = {{
    {"path", ColumnType::kText, false},
    {"label", ColumnType::kText, false},
    {"features", ColumnType::kVector, true},
    {"size", ColumnType::kInteger, true},
    {"modified", ColumnType::kTime, true},
    {"sha256", ColumnType::kText, true},
    {"error", ColumnType::kText, true},
}};

inline constexpr std::array<PartColumn, 4> kResultsColumns = {{
    {"path", ColumnType::kText, false},
    {"label", ColumnType::kText, false},
    {"features", ColumnType::kVector, false},
    {"pca_features", ColumnType::kVector, false},
}};

}  // namespace verger
