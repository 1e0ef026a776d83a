// arrow_write.h: Arrow batches that the caller will own.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "abi/verger.h"

namespace verger::abi {

// list<float32>: `values` holds `width` floats for each row that `valid` marks, in order.
struct FloatListColumn {
  std::vector<float> values;
  int width = 0;
};

// utf8: a text for each row; those that `valid` does not mark are null.
struct TextColumn {
  std::vector<std::string> texts;
};

struct OutColumn {
  std::string name;
  std::vector<bool> valid;  // a bit a row
  std::variant<FloatListColumn, TextColumn> data;
};

// Moves columns of equal length into a struct array. `schema` may be NULL.
//
// Cost: the floats are moved, not copied.
void HandOut(std::vector<OutColumn> columns, std::int64_t length, ArrowArray* array,
             ArrowSchema* schema);

}  // namespace verger::abi
