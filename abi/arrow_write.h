// arrow_write.h: Arrow batches that the caller will own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "abi/verger.h"
#include "core/runs/part_columns.h"

namespace verger::abi {

// list<float32>: `values` holds `width` floats for each row that `valid` marks, in order.
struct FloatListColumn {
  std::vector<float> values;
  int width = 0;
};

// utf8 or binary, the texts one behind the other: row r ends at ends[r]. Null rows are empty.
class Texts {
 public:
  explicit Texts(bool binary = false) : binary_(binary) {}

  void Add(std::string_view text) {
    data_ += text;
    ends_.push_back(static_cast<std::int64_t>(data_.size()));
  }
  std::size_t size() const { return ends_.size(); }

 private:
  friend class ColumnExport;
  bool binary_;
  std::string data_;
  std::vector<std::int64_t> ends_;
};

// int64: a number for each row.
struct Integers {
  std::vector<std::int64_t> values;
};

// double: a number for each row.
struct Doubles {
  std::vector<double> values;
};

// bool: a truth value for each row.
struct Flags {
  std::vector<bool> values;
};

// list<utf8>: the texts of row r are those before ends[r] and not before ends[r - 1].
struct TextListColumn {
  Texts texts;
  std::vector<std::int32_t> ends;
};

struct OutColumn {
  std::string name;
  std::vector<bool> valid;  // a bit a row; none: every row is valid
  std::variant<FloatListColumn, Texts, Integers, Doubles, Flags, TextListColumn> data;
};

// Moves columns of equal length into a struct array. `schema` may be NULL.
//
// Cost: the floats are moved, not copied.
void HandOut(std::vector<OutColumn> columns, std::int64_t length, ArrowArray* array,
             ArrowSchema* schema);

// The same of one column of texts.
void HandOutTexts(std::string name, const std::vector<std::string>& texts, ArrowArray* array,
                  ArrowSchema* schema);

// The schema of a part with these columns.
void HandOutSchema(std::span<const PartColumn> columns, ArrowSchema* schema);

}  // namespace verger::abi
