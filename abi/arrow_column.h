// arrow_column.h: one column of a borrowed Arrow batch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/verger.h"
#include "core/base/columns.h"
#include "core/base/result.h"

namespace verger::abi {

inline bool Valid(const ArrowArray& array, std::int64_t position) {
  if (array.null_count == 0 || array.n_buffers < 1 || array.buffers[0] == nullptr) return true;
  const auto* bits = static_cast<const std::uint8_t*>(array.buffers[0]);
  return (bits[position / 8] >> (position % 8) & 1) != 0;
}

inline std::string_view FormatOf(const ArrowSchema& schema) {
  return schema.format != nullptr ? schema.format : "";
}

// A child of a struct array, with the struct's own offset and nulls taken into account.
struct Column {
  const ArrowArray* parent;
  const ArrowArray* array;
  const ArrowSchema* schema;

  std::int64_t length() const { return parent->length; }
  std::int64_t Position(std::int64_t row) const { return parent->offset + row + array->offset; }
  bool IsNull(std::int64_t row) const {
    return !Valid(*parent, parent->offset + row) || !Valid(*array, Position(row));
  }
};

// Errors: kBadCall if the batch is no struct array, or has no column `name`.
Result<Column> FindColumn(const ArrowArray* batch, const ArrowSchema* schema,
                          std::string_view name);

// A column of text or bytes: utf8, large utf8, binary or large binary.
class TextColumn {
 public:
  // Errors: kBadCall, also for offsets that lead outside. Cost: looks at every offset once.
  static Result<TextColumn> Find(const ArrowArray* batch, const ArrowSchema* schema,
                                 std::string_view name);

  std::int64_t length() const { return column_.length(); }
  bool IsNull(std::int64_t row) const { return column_.IsNull(row); }

  // "" where it is null.
  std::string_view operator[](std::int64_t row) const;

  // The same without the batch around it. Errors: kBadCall if the batch itself has null rows.
  Result<TextView> view() const;

 private:
  explicit TextColumn(const Column& column) : column_(column) {}
  template <typename Offset>
  std::string_view At(std::int64_t row) const;
  template <typename Offset>
  Status CheckOffsets() const;

  Column column_;
  bool large_ = false;
};

// All texts of a column. Errors: as TextColumn::Find.
Result<std::vector<std::string>> ReadTexts(const ArrowArray* batch, const ArrowSchema* schema,
                                           std::string_view name);

// A column of integers (int64, int32 or timestamps) or of truth values.
class NumberColumn {
 public:
  // Errors: kBadCall.
  static Result<NumberColumn> Find(const ArrowArray* batch, const ArrowSchema* schema,
                                   std::string_view name);

  std::int64_t length() const { return column_.length(); }
  bool IsNull(std::int64_t row) const { return column_.IsNull(row); }

  // 0 where it is null; a truth value is 0 or 1.
  std::int64_t operator[](std::int64_t row) const;

  // The same without the batch around it. Errors: kBadCall unless it is int64 or timestamps, and
  // the batch itself has no null rows.
  Result<IntegerView> view() const;

 private:
  enum class Kind { kInt64, kInt32, kBool };
  NumberColumn(const Column& column, Kind kind) : column_(column), kind_(kind) {}

  Column column_;
  Kind kind_;
};

}  // namespace verger::abi
