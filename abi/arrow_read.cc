#include "abi/arrow_read.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "abi/arrow_column.h"

namespace verger::abi {
namespace {

// Where a row's values lie in the column's data.
struct Range {
  std::int64_t begin;
  std::int64_t end;
};

// Calls `visit(row, range)`, which returns a Status, for every row that is not null.
//
// Errors: kBadCall if a range is none within 0 to `most`; the first of `visit`.
template <typename Offset, typename Visit>
Status VisitRanges(const Column& column, const void* data, std::int64_t most, Visit visit) {
  const auto* offsets = static_cast<const Offset*>(column.array->buffers[1]);
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (column.IsNull(row)) continue;
    if (offsets == nullptr) {
      return Error{Code::kBadCall,
                   fmt::format("column '{}' has no buffer of offsets", column.schema->name)};
    }
    const std::int64_t position = column.Position(row);
    const Range range{offsets[position], offsets[position + 1]};
    if (range.begin < 0 || range.end < range.begin || range.end > most) {
      return Error{Code::kBadCall, fmt::format("row {} of column '{}' has offsets {} to {}", row,
                                               column.schema->name, range.begin, range.end)};
    }
    if (data == nullptr && range.end > range.begin) {
      return Error{Code::kBadCall,
                   fmt::format("column '{}' has no buffer of values", column.schema->name)};
    }
    VERGER_RETURN_IF_ERROR(visit(row, range));
  }
  return Ok();
}

template <typename Visit>
Status VisitRanges(const Column& column, bool large, const void* data, std::int64_t most,
                   Visit visit) {
  return large ? VisitRanges<std::int64_t>(column, data, most, visit)
               : VisitRanges<std::int32_t>(column, data, most, visit);
}

// Whether the column is a list of float32 whose parts are all there.
bool IsListOfFloats(const Column& column) {
  const std::string_view format = FormatOf(*column.schema);
  return (format == "+l" || format == "+L") && column.schema->n_children == 1 &&
         FormatOf(*column.schema->children[0]) == "f" && column.array->n_buffers == 2 &&
         column.array->n_children == 1 && column.array->children[0]->n_buffers == 2;
}

bool AllFinite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

}  // namespace

Result<std::vector<Bytes>> ReadPhotos(const ArrowArray* photos, const ArrowSchema* schema) {
  VERGER_ASSIGN_OR_RETURN(const Column column, FindColumn(photos, schema, "content"));
  const std::string_view format = FormatOf(*column.schema);
  if ((format != "z" && format != "Z") || column.array->n_buffers != 3) {
    return Error{Code::kBadCall, "column 'content' must be binary or large binary"};
  }
  std::vector<Bytes> contents(static_cast<std::size_t>(column.length()));
  const auto* data = static_cast<const std::byte*>(column.array->buffers[2]);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();  // Arrow does not say
  VERGER_RETURN_IF_ERROR(
      VisitRanges(column, format == "Z", data, kMost, [&](std::int64_t row, Range range) {
        if (range.begin == range.end) return Ok();  // the data may be null
        contents[static_cast<std::size_t>(row)] = {
            data + range.begin, static_cast<std::size_t>(range.end - range.begin)};
        return Ok();
      }));
  return contents;
}

std::span<const float> FeatureRows::Contiguous(std::vector<float>& storage) const {
  if (values.empty()) return {};
  const std::size_t width = values[0].size();
  bool adjacent = true;
  for (std::size_t row = 1; row < values.size() && adjacent; ++row) {
    adjacent = values[row].data() == values[row - 1].data() + width;
  }
  if (adjacent) return {values[0].data(), values.size() * width};
  storage.clear();
  storage.reserve(values.size() * width);
  for (const std::span<const float> row : values) {
    storage.insert(storage.end(), row.begin(), row.end());
  }
  return storage;
}

Result<FeatureRows> ReadFeatures(const ArrowArray* features, const ArrowSchema* schema,
                                 int dimension, bool finite) {
  VERGER_ASSIGN_OR_RETURN(const Column column, FindColumn(features, schema, "features"));
  if (!IsListOfFloats(column)) {
    return Error{Code::kBadCall, "column 'features' must be a list or large list of float32"};
  }
  const ArrowArray& items = *column.array->children[0];
  const auto* data = static_cast<const float*>(items.buffers[1]);
  const bool nulls = items.null_count != 0 && items.buffers[0] != nullptr;
  FeatureRows feature_rows;
  feature_rows.length = column.length();
  const auto keep = [&](std::int64_t row, Range range) -> Status {
    if (range.end - range.begin != dimension) {
      return Error{Code::kBadFeatures, fmt::format("row {} has {} features where {} are expected",
                                                   row, range.end - range.begin, dimension)};
    }
    for (std::int64_t item = range.begin; nulls && item < range.end; ++item) {
      if (Valid(items, items.offset + item)) continue;
      return Error{Code::kBadFeatures, fmt::format("row {} has a feature that is null", row)};
    }
    const std::span<const float> values{data + items.offset + range.begin,
                                        static_cast<std::size_t>(dimension)};
    if (finite && !AllFinite(values)) {
      return Error{Code::kBadFeatures, fmt::format("row {} has a feature that is not finite", row)};
    }
    feature_rows.rows.push_back(row);
    feature_rows.values.push_back(values);
    return Ok();
  };
  VERGER_RETURN_IF_ERROR(
      VisitRanges(column, FormatOf(*column.schema) == "+L", data, items.length, keep));
  return feature_rows;
}

}  // namespace verger::abi
