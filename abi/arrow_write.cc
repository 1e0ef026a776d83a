#include "abi/arrow_write.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace verger::abi {
namespace {

// Everything that an exported array or schema points to; its release callback deletes it.
struct ArrayOwner {
  std::vector<std::uint8_t> validity;
  std::vector<std::int32_t> offsets;
  std::vector<std::int64_t> large_offsets;
  std::vector<std::int64_t> integers;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<std::uint8_t> flags;
  std::string text;
  std::vector<const void*> buffers;
  std::vector<std::unique_ptr<ArrowArray>> children;
  std::vector<ArrowArray*> child_pointers;
};

struct SchemaOwner {
  std::string name;
  std::vector<std::unique_ptr<ArrowSchema>> children;
  std::vector<ArrowSchema*> child_pointers;
};

template <typename Struct, typename Owner>
void Release(Struct* released) {
  auto* owner = static_cast<Owner*>(released->private_data);
  for (auto& child : owner->children) {
    // A consumer may have moved a child out; its release is then NULL.
    if (child->release != nullptr) child->release(child.get());
  }
  delete owner;
  released->release = nullptr;
}

// Points `array` to what `owner` holds and hands the owner over to it.
void Export(std::unique_ptr<ArrayOwner> owner, std::int64_t length, std::int64_t null_count,
            ArrowArray* array) {
  for (auto& child : owner->children) owner->child_pointers.push_back(child.get());
  *array = ArrowArray{};
  array->length = length;
  array->null_count = null_count;
  array->n_buffers = static_cast<std::int64_t>(owner->buffers.size());
  array->buffers = owner->buffers.data();
  array->n_children = static_cast<std::int64_t>(owner->children.size());
  array->children = owner->child_pointers.empty() ? nullptr : owner->child_pointers.data();
  array->release = Release<ArrowArray, ArrayOwner>;
  array->private_data = owner.release();
}

void ExportSchema(const char* format, std::string name,
                  std::vector<std::unique_ptr<ArrowSchema>> children, ArrowSchema* schema,
                  bool nullable = true) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->name = std::move(name);
  owner->children = std::move(children);
  for (auto& child : owner->children) owner->child_pointers.push_back(child.get());
  *schema = ArrowSchema{};
  schema->format = format;
  schema->name = owner->name.c_str();
  schema->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  schema->n_children = static_cast<std::int64_t>(owner->children.size());
  schema->children = owner->child_pointers.empty() ? nullptr : owner->child_pointers.data();
  schema->release = Release<ArrowSchema, SchemaOwner>;
  schema->private_data = owner.release();
}

std::vector<std::uint8_t> Packed(const std::vector<bool>& bits) {
  std::vector<std::uint8_t> bytes((bits.size() + 7) / 8);
  for (std::size_t row = 0; row < bits.size(); ++row) {
    if (bits[row]) bytes[row / 8] |= static_cast<std::uint8_t>(1u << (row % 8));
  }
  return bytes;
}

// Packs the bits into `owner` and returns how many are not set.
std::int64_t PackValidity(const std::vector<bool>& valid, ArrayOwner* owner) {
  owner->validity = Packed(valid);
  return std::count(valid.begin(), valid.end(), false);
}

}  // namespace

// Writes one column to an array.
class ColumnExport {
 public:
  ColumnExport(const std::vector<bool>& valid, std::int64_t length)
      : valid_(valid), length_(length) {}

  static const char* FormatOf(const Texts& texts) {
    if (texts.binary_) return IsLarge(texts) ? "Z" : "z";
    return IsLarge(texts) ? "U" : "u";
  }

  static bool IsLarge(const Texts& texts) {
    return texts.data_.size() > std::size_t{std::numeric_limits<std::int32_t>::max()};
  }

  void To(FloatListColumn column, ArrowArray* array) {
    auto items = std::make_unique<ArrayOwner>();
    items->floats = std::move(column.values);
    items->buffers = {nullptr, items->floats.data()};
    const auto item_count = static_cast<std::int64_t>(items->floats.size());
    auto item_array = std::make_unique<ArrowArray>();
    Export(std::move(items), item_count, 0, item_array.get());

    auto owner = std::make_unique<ArrayOwner>();
    const std::int64_t nulls = PackValidity(valid_, owner.get());
    owner->offsets.push_back(0);
    for (std::int64_t row = 0; row < length_; ++row) {
      owner->offsets.push_back(owner->offsets.back() + (IsValid(row) ? column.width : 0));
    }
    owner->buffers = {Validity(*owner), owner->offsets.data()};
    owner->children.push_back(std::move(item_array));
    Export(std::move(owner), length_, nulls, array);
  }

  void To(Texts column, ArrowArray* array) {
    auto owner = std::make_unique<ArrayOwner>();
    const std::int64_t nulls = PackValidity(valid_, owner.get());
    const bool large = IsLarge(column);
    owner->text = std::move(column.data_);
    if (large) {
      owner->large_offsets.push_back(0);
      owner->large_offsets.insert(owner->large_offsets.end(), column.ends_.begin(),
                                  column.ends_.end());
    } else {
      owner->offsets.push_back(0);
      owner->offsets.insert(owner->offsets.end(), column.ends_.begin(), column.ends_.end());
    }
    const void* offsets = large ? static_cast<const void*>(owner->large_offsets.data())
                                : static_cast<const void*>(owner->offsets.data());
    owner->buffers = {Validity(*owner), offsets, owner->text.data()};
    Export(std::move(owner), length_, nulls, array);
  }

  void To(Integers column, ArrowArray* array) {
    auto owner = std::make_unique<ArrayOwner>();
    const std::int64_t nulls = PackValidity(valid_, owner.get());
    owner->integers = std::move(column.values);
    owner->buffers = {Validity(*owner), owner->integers.data()};
    Export(std::move(owner), length_, nulls, array);
  }

  void To(Doubles column, ArrowArray* array) {
    auto owner = std::make_unique<ArrayOwner>();
    const std::int64_t nulls = PackValidity(valid_, owner.get());
    owner->doubles = std::move(column.values);
    owner->buffers = {Validity(*owner), owner->doubles.data()};
    Export(std::move(owner), length_, nulls, array);
  }

  void To(const Flags& column, ArrowArray* array) {
    auto owner = std::make_unique<ArrayOwner>();
    const std::int64_t nulls = PackValidity(valid_, owner.get());
    owner->flags = Packed(column.values);
    owner->buffers = {Validity(*owner), owner->flags.data()};
    Export(std::move(owner), length_, nulls, array);
  }

  void To(TextListColumn column, ArrowArray* array) {
    auto items = std::make_unique<ArrowArray>();
    const auto count = static_cast<std::int64_t>(column.texts.size());
    const std::vector<bool> all_valid;
    ColumnExport(all_valid, count).To(std::move(column.texts), items.get());
    auto owner = std::make_unique<ArrayOwner>();
    const std::int64_t nulls = PackValidity(valid_, owner.get());
    owner->offsets.push_back(0);
    owner->offsets.insert(owner->offsets.end(), column.ends.begin(), column.ends.end());
    owner->buffers = {Validity(*owner), owner->offsets.data()};
    owner->children.push_back(std::move(items));
    Export(std::move(owner), length_, nulls, array);
  }

 private:
  bool IsValid(std::int64_t row) const {
    return valid_.empty() || valid_[static_cast<std::size_t>(row)];
  }
  const void* Validity(const ArrayOwner& owner) const {
    return valid_.empty() ? nullptr : owner.validity.data();
  }

  const std::vector<bool>& valid_;
  const std::int64_t length_;
};

namespace {

struct Formats {
  const char* column;
  const char* item;  // of a list; else nullptr
};

Formats FormatsOf(const OutColumn& column) {
  if (const auto* texts = std::get_if<Texts>(&column.data)) {
    return {ColumnExport::FormatOf(*texts), nullptr};
  }
  if (const auto* list = std::get_if<TextListColumn>(&column.data)) {
    return {"+l", ColumnExport::FormatOf(list->texts)};
  }
  if (std::holds_alternative<Integers>(column.data)) return {"l", nullptr};
  if (std::holds_alternative<Doubles>(column.data)) return {"g", nullptr};
  if (std::holds_alternative<Flags>(column.data)) return {"b", nullptr};
  return {"+l", "f"};
}

std::unique_ptr<ArrowSchema> SchemaOf(const OutColumn& column) {
  const Formats formats = FormatsOf(column);
  std::vector<std::unique_ptr<ArrowSchema>> items;
  if (formats.item != nullptr) {
    items.push_back(std::make_unique<ArrowSchema>());
    ExportSchema(formats.item, "item", {}, items[0].get());
  }
  auto schema = std::make_unique<ArrowSchema>();
  ExportSchema(formats.column, column.name, std::move(items), schema.get());
  return schema;
}

const char* FormatOf(ColumnType type) {
  switch (type) {
    case ColumnType::kVector:
      return "+l";
    case ColumnType::kInteger:
      return "l";
    case ColumnType::kTime:
      return "tsu:UTC";
    case ColumnType::kText:
      break;
  }
  return "u";
}

std::unique_ptr<ArrowSchema> SchemaOf(const PartColumn& column) {
  std::vector<std::unique_ptr<ArrowSchema>> elements;
  if (column.type == ColumnType::kVector) {
    elements.push_back(std::make_unique<ArrowSchema>());
    ExportSchema("f", "element", {}, elements[0].get(), false);
  }
  auto schema = std::make_unique<ArrowSchema>();
  ExportSchema(FormatOf(column.type), std::string(column.name), std::move(elements), schema.get(),
               column.nullable);
  return schema;
}

}  // namespace

void HandOut(std::vector<OutColumn> columns, std::int64_t length, ArrowArray* array,
             ArrowSchema* schema) {
  // Built aside: were memory to run out, the caller's structs would be as they were.
  ArrowSchema whole_schema{};
  if (schema != nullptr) {
    std::vector<std::unique_ptr<ArrowSchema>> children;
    children.reserve(columns.size());
    for (const OutColumn& column : columns) children.push_back(SchemaOf(column));
    ExportSchema("+s", "", std::move(children), &whole_schema);
  }
  auto owner = std::make_unique<ArrayOwner>();
  owner->buffers = {nullptr};
  for (OutColumn& column : columns) {
    owner->children.push_back(std::make_unique<ArrowArray>());
    std::visit(
        [&](auto& data) {
          ColumnExport(column.valid, length).To(std::move(data), owner->children.back().get());
        },
        column.data);
  }
  Export(std::move(owner), length, 0, array);
  if (schema != nullptr) *schema = whole_schema;
}

void HandOutTexts(std::string name, const std::vector<std::string>& texts, ArrowArray* array,
                  ArrowSchema* schema) {
  Texts column;
  for (const std::string& text : texts) column.Add(text);
  std::vector<OutColumn> columns;
  columns.push_back({std::move(name), {}, std::move(column)});
  HandOut(std::move(columns), static_cast<std::int64_t>(texts.size()), array, schema);
}

void HandOutSchema(std::span<const PartColumn> columns, ArrowSchema* schema) {
  std::vector<std::unique_ptr<ArrowSchema>> children;
  children.reserve(columns.size());
  for (const PartColumn& column : columns) children.push_back(SchemaOf(column));
  ExportSchema("+s", "", std::move(children), schema, false);
}

}  // namespace verger::abi
