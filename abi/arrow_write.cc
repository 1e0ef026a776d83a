#include "abi/arrow_write.h"

#include <memory>
#include <utility>

namespace verger::abi {
namespace {

// Everything that an exported array or schema points to; its release callback deletes it.
struct ArrayOwner {
  std::vector<std::uint8_t> validity;
  std::vector<std::int32_t> offsets;
  std::vector<float> floats;
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
                  std::vector<std::unique_ptr<ArrowSchema>> children, ArrowSchema* schema) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->name = std::move(name);
  owner->children = std::move(children);
  for (auto& child : owner->children) owner->child_pointers.push_back(child.get());
  *schema = ArrowSchema{};
  schema->format = format;
  schema->name = owner->name.c_str();
  schema->flags = ARROW_FLAG_NULLABLE;
  schema->n_children = static_cast<std::int64_t>(owner->children.size());
  schema->children = owner->child_pointers.empty() ? nullptr : owner->child_pointers.data();
  schema->release = Release<ArrowSchema, SchemaOwner>;
  schema->private_data = owner.release();
}

// Packs the bits into `owner` and returns how many are not set.
std::int64_t PackValidity(const std::vector<bool>& valid, ArrayOwner* owner) {
  owner->validity.assign((valid.size() + 7) / 8, 0);
  std::int64_t nulls = 0;
  for (std::size_t row = 0; row < valid.size(); ++row) {
    if (valid[row]) {
      owner->validity[row / 8] |= static_cast<std::uint8_t>(1u << (row % 8));
    } else {
      ++nulls;
    }
  }
  return nulls;
}

void ExportColumn(const std::vector<bool>& valid, FloatListColumn column, ArrowArray* array) {
  auto items = std::make_unique<ArrayOwner>();
  items->floats = std::move(column.values);
  items->buffers = {nullptr, items->floats.data()};
  const auto item_count = static_cast<std::int64_t>(items->floats.size());
  auto item_array = std::make_unique<ArrowArray>();
  Export(std::move(items), item_count, 0, item_array.get());

  auto owner = std::make_unique<ArrayOwner>();
  const std::int64_t nulls = PackValidity(valid, owner.get());
  owner->offsets.push_back(0);
  for (const bool row : valid) {
    owner->offsets.push_back(owner->offsets.back() + (row ? column.width : 0));
  }
  owner->buffers = {owner->validity.data(), owner->offsets.data()};
  owner->children.push_back(std::move(item_array));
  Export(std::move(owner), static_cast<std::int64_t>(valid.size()), nulls, array);
}

void ExportColumn(const std::vector<bool>& valid, const TextColumn& column, ArrowArray* array) {
  auto owner = std::make_unique<ArrayOwner>();
  const std::int64_t nulls = PackValidity(valid, owner.get());
  owner->offsets.push_back(0);
  for (std::size_t row = 0; row < valid.size(); ++row) {
    if (valid[row]) owner->text += column.texts[row];
    owner->offsets.push_back(static_cast<std::int32_t>(owner->text.size()));
  }
  owner->buffers = {owner->validity.data(), owner->offsets.data(), owner->text.data()};
  Export(std::move(owner), static_cast<std::int64_t>(valid.size()), nulls, array);
}

std::unique_ptr<ArrowSchema> SchemaOf(const OutColumn& column) {
  auto schema = std::make_unique<ArrowSchema>();
  std::vector<std::unique_ptr<ArrowSchema>> items;
  if (std::holds_alternative<TextColumn>(column.data)) {
    ExportSchema("u", column.name, {}, schema.get());
    return schema;
  }
  items.push_back(std::make_unique<ArrowSchema>());
  ExportSchema("f", "item", {}, items[0].get());
  ExportSchema("+l", column.name, std::move(items), schema.get());
  return schema;
}

}  // namespace

void HandOut(std::vector<OutColumn> columns, std::int64_t length, ArrowArray* array,
             ArrowSchema* schema) {
  // Built aside: were memory to run out, the caller's structs would be as they were.
  ArrowSchema whole_schema{};
  if (schema != nullptr) {
    std::vector<std::unique_ptr<ArrowSchema>> children;
    for (const OutColumn& column : columns) children.push_back(SchemaOf(column));
    ExportSchema("+s", "", std::move(children), &whole_schema);
  }
  auto owner = std::make_unique<ArrayOwner>();
  owner->buffers = {nullptr};
  for (OutColumn& column : columns) {
    owner->children.push_back(std::make_unique<ArrowArray>());
    std::visit(
        [&](auto&& data) {
          ExportColumn(column.valid, std::move(data), owner->children.back().get());
        },
        std::move(column.data));
  }
  Export(std::move(owner), length, 0, array);
  if (schema != nullptr) *schema = whole_schema;
}

}  // namespace verger::abi
