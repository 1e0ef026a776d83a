#include "abi/arrow_column.h"

#include <fmt/core.h>

namespace verger::abi {

Result<Column> FindColumn(const ArrowArray* batch, const ArrowSchema* schema,
                          std::string_view name) {
  if (batch == nullptr || schema == nullptr || batch->release == nullptr ||
      schema->release == nullptr) {
    return Error{Code::kBadCall, "the batch or its schema is NULL or already released"};
  }
  if (schema->format == nullptr || std::string_view(schema->format) != "+s" ||
      batch->n_children != schema->n_children) {
    return Error{Code::kBadCall, "the batch must be a struct array, one child a column"};
  }
  for (std::int64_t child = 0; child < schema->n_children; ++child) {
    if (schema->children[child]->name == nullptr || schema->children[child]->name != name) continue;
    const ArrowArray* array = batch->children[child];
    if (array->length < batch->offset + batch->length) {
      return Error{Code::kBadCall, fmt::format("column '{}' is shorter than its batch", name)};
    }
    return Column{batch, array, schema->children[child]};
  }
  return Error{Code::kBadCall, fmt::format("the batch has no column '{}'", name)};
}

namespace {

Error WrongType(std::string_view name, std::string_view type) {
  return Error{Code::kBadCall, fmt::format("column '{}' must be {}", name, type)};
}

// A view knows the column's own nulls alone.
Status RequireAllRows(const Column& column) {
  const ArrowArray& batch = *column.parent;
  if (batch.null_count == 0) return Ok();
  for (std::int64_t row = 0; row < batch.length; ++row) {
    if (Valid(batch, batch.offset + row)) continue;
    return Error{Code::kBadCall, fmt::format("row {} of the batch is null as a whole", row)};
  }
  return Ok();
}

Validity ValidityOf(const Column& column) {
  const ArrowArray& array = *column.array;
  if (array.null_count == 0 || array.n_buffers < 1) return {};
  return {static_cast<const std::uint8_t*>(array.buffers[0]), column.Position(0)};
}

}  // namespace

Result<TextColumn> TextColumn::Find(const ArrowArray* batch, const ArrowSchema* schema,
                                    std::string_view name) {
  VERGER_ASSIGN_OR_RETURN(const Column column, FindColumn(batch, schema, name));
  const std::string_view format = FormatOf(*column.schema);
  const bool small = format == "u" || format == "z";
  if ((!small && format != "U" && format != "Z") || column.array->n_buffers != 3) {
    return WrongType(name, "text or binary");
  }
  TextColumn text(column);
  text.large_ = !small;
  VERGER_RETURN_IF_ERROR(small ? text.CheckOffsets<std::int32_t>()
                               : text.CheckOffsets<std::int64_t>());
  return text;
}

template <typename Offset>
Status TextColumn::CheckOffsets() const {
  if (length() == 0) return Ok();
  const auto* offsets = static_cast<const Offset*>(column_.array->buffers[1]);
  const auto damaged = [&](std::string_view what) {
    return Error{Code::kBadCall, fmt::format("column '{}' {}", column_.schema->name, what)};
  };
  if (offsets == nullptr) return damaged("has no buffer of offsets");
  const std::int64_t begin = column_.Position(0);
  const std::int64_t end = column_.Position(length());
  if (offsets[begin] < 0) return damaged("has a negative offset");
  for (std::int64_t position = begin; position < end; ++position) {
    if (offsets[position + 1] < offsets[position]) return damaged("has offsets that descend");
  }
  if (offsets[end] > offsets[begin] && column_.array->buffers[2] == nullptr) {
    return damaged("has no buffer of values");
  }
  return Ok();
}

template <typename Offset>
std::string_view TextColumn::At(std::int64_t row) const {
  const auto* offsets = static_cast<const Offset*>(column_.array->buffers[1]);
  const auto* data = static_cast<const char*>(column_.array->buffers[2]);
  const std::int64_t position = column_.Position(row);
  const auto size = static_cast<std::size_t>(offsets[position + 1] - offsets[position]);
  if (size == 0) return {};  // the buffer may be null
  return {data + offsets[position], size};
}

std::string_view TextColumn::operator[](std::int64_t row) const {
  if (IsNull(row)) return {};
  return large_ ? At<std::int64_t>(row) : At<std::int32_t>(row);
}

Result<TextView> TextColumn::view() const {
  VERGER_RETURN_IF_ERROR(RequireAllRows(column_));
  TextView view;
  if (column_.length() == 0) return view;  // its buffers may be null
  const std::int64_t begin = column_.Position(0);
  view.data = static_cast<const char*>(column_.array->buffers[2]);
  if (large_) {
    view.ends64 = static_cast<const std::int64_t*>(column_.array->buffers[1]) + begin;
  } else {
    view.ends32 = static_cast<const std::int32_t*>(column_.array->buffers[1]) + begin;
  }
  view.valid = ValidityOf(column_);
  return view;
}

Result<NumberColumn> NumberColumn::Find(const ArrowArray* batch, const ArrowSchema* schema,
                                        std::string_view name) {
  VERGER_ASSIGN_OR_RETURN(const Column column, FindColumn(batch, schema, name));
  const std::string_view format = FormatOf(*column.schema);
  Kind kind = Kind::kInt64;
  if (format == "b") {
    kind = Kind::kBool;
  } else if (format == "i") {
    kind = Kind::kInt32;
  } else if (format != "l" && !format.starts_with("tsu")) {
    return WrongType(name, "int64, int32, bool or timestamps in microseconds");
  }
  if (column.array->n_buffers != 2 ||
      (column.length() > 0 && column.array->buffers[1] == nullptr)) {
    return Error{Code::kBadCall, fmt::format("column '{}' has no buffer of values", name)};
  }
  return NumberColumn(column, kind);
}

Result<IntegerView> NumberColumn::view() const {
  if (kind_ != Kind::kInt64) return WrongType(column_.schema->name, "int64");
  VERGER_RETURN_IF_ERROR(RequireAllRows(column_));
  IntegerView view;
  if (column_.length() == 0) return view;  // its buffers may be null
  view.values = static_cast<const std::int64_t*>(column_.array->buffers[1]) + column_.Position(0);
  view.valid = ValidityOf(column_);
  return view;
}

std::int64_t NumberColumn::operator[](std::int64_t row) const {
  if (IsNull(row)) return 0;
  const std::int64_t position = column_.Position(row);
  const void* values = column_.array->buffers[1];
  switch (kind_) {
    case Kind::kBool:
      return static_cast<const std::uint8_t*>(values)[position / 8] >> (position % 8) & 1;
    case Kind::kInt32:
      return static_cast<const std::int32_t*>(values)[position];
    case Kind::kInt64:
      break;
  }
  return static_cast<const std::int64_t*>(values)[position];
}

Result<std::vector<std::string>> ReadTexts(const ArrowArray* batch, const ArrowSchema* schema,
                                           std::string_view name) {
  VERGER_ASSIGN_OR_RETURN(const TextColumn column, TextColumn::Find(batch, schema, name));
  std::vector<std::string> texts;
  texts.reserve(static_cast<std::size_t>(column.length()));
  for (std::int64_t row = 0; row < column.length(); ++row) texts.emplace_back(column[row]);
  return texts;
}

}  // namespace verger::abi
