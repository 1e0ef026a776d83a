#include "abi/arrow_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace verger::abi {
namespace {

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

 private:
  static bool Valid(const ArrowArray& array, std::int64_t position) {
    if (array.null_count == 0 || array.n_buffers < 1 || array.buffers[0] == nullptr) return true;
    const auto* bits = static_cast<const std::uint8_t*>(array.buffers[0]);
    return (bits[position / 8] >> (position % 8) & 1) != 0;
  }
};

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

// Calls `visit(row, begin, end)` for every row that is not null, by offsets of type Offset.
template <typename Offset, typename Visit>
void VisitRanges(const Column& column, Visit visit) {
  const auto* offsets = static_cast<const Offset*>(column.array->buffers[1]);
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (column.IsNull(row)) continue;
    const std::int64_t position = column.Position(row);
    visit(row, static_cast<std::int64_t>(offsets[position]),
          static_cast<std::int64_t>(offsets[position + 1]));
  }
}

}  // namespace

Result<std::vector<Bytes>> ReadPhotos(const ArrowArray* photos, const ArrowSchema* schema) {
  VERGER_ASSIGN_OR_RETURN(const Column column, FindColumn(photos, schema, "content"));
  const std::string_view format = column.schema->format;
  if ((format != "z" && format != "Z") || column.array->n_buffers != 3) {
    return Error{Code::kBadCall, "column 'content' must be binary or large binary"};
  }
  std::vector<Bytes> contents(static_cast<std::size_t>(column.length()));
  const auto* data = static_cast<const std::byte*>(column.array->buffers[2]);
  const auto keep = [&](std::int64_t row, std::int64_t begin, std::int64_t end) {
    contents[static_cast<std::size_t>(row)] = {data + begin, static_cast<std::size_t>(end - begin)};
  };
  if (format == "z") {
    VisitRanges<std::int32_t>(column, keep);
  } else {
    VisitRanges<std::int64_t>(column, keep);
  }
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
  const std::string_view format = column.schema->format;
  if ((format != "+l" && format != "+L") || column.schema->n_children != 1 ||
      std::string_view(column.schema->children[0]->format) != "f") {
    return Error{Code::kBadCall, "column 'features' must be a list or large list of float32"};
  }
  const ArrowArray& items = *column.array->children[0];
  const auto* data = static_cast<const float*>(items.buffers[1]);
  FeatureRows found;
  found.length = column.length();
  Status status = Ok();
  const auto keep = [&](std::int64_t row, std::int64_t begin, std::int64_t end) {
    if (!status) return;
    if (end - begin != dimension) {
      status = Error{Code::kBadFeatures, fmt::format("row {} has {} features where {} are expected",
                                                     row, end - begin, dimension)};
      return;
    }
    const std::span<const float> values{data + items.offset + begin,
                                        static_cast<std::size_t>(dimension)};
    if (finite && !std::all_of(values.begin(), values.end(),
                               [](float value) { return std::isfinite(value); })) {
      status =
          Error{Code::kBadFeatures, fmt::format("row {} has a feature that is not finite", row)};
      return;
    }
    found.rows.push_back(row);
    found.values.push_back(values);
  };
  if (format == "+l") {
    VisitRanges<std::int32_t>(column, keep);
  } else {
    VisitRanges<std::int64_t>(column, keep);
  }
  if (!status) return std::move(status).error();
  return found;
}

}  // namespace verger::abi
