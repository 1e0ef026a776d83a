#include "tests/abi/arrow_build.h"

#include <stddef.h>
#include <string.h>

int batch_releases = 0;

static void release_array(struct ArrowArray* array) {
  ++batch_releases;
  array->release = NULL;
}

static void release_schema(struct ArrowSchema* schema) {
  ++batch_releases;
  schema->release = NULL;
}

static void set_schema(struct ArrowSchema* schema, const char* format, const char* name,
                       struct ArrowSchema** children) {
  schema->format = format;
  schema->name = name;
  schema->flags = ARROW_FLAG_NULLABLE;
  schema->n_children = children == NULL ? 0 : 1;
  schema->children = children;
  schema->release = release_schema;
}

static void set_array(struct ArrowArray* array, int64_t length, int64_t n_buffers,
                      const void** buffers, struct ArrowArray** children) {
  array->length = length;
  array->n_buffers = n_buffers;
  array->buffers = buffers;
  array->n_children = children == NULL ? 0 : 1;
  array->children = children;
  array->release = release_array;
}

static void one_column(Batch* batch, const char* format, const char* name, int64_t length,
                       const void* offsets) {
  memset(batch, 0, sizeof(*batch));
  batch->columns[0] = &batch->column;
  batch->lists[0] = &batch->items;
  batch->column_schemas[0] = &batch->column_schema;
  batch->list_schemas[0] = &batch->items_schema;
  batch->column_buffers[1] = offsets;
  set_array(&batch->array, length, 1, batch->struct_buffers, batch->columns);
  set_schema(&batch->schema, "+s", "", batch->column_schemas);
  set_array(&batch->column, length, 3, batch->column_buffers, NULL);
  set_schema(&batch->column_schema, format, name, NULL);
}

void content_batch(Batch* batch, bool large, int64_t length, const void* offsets,
                   const void* data) {
  one_column(batch, large ? "Z" : "z", "content", length, offsets);
  batch->column_buffers[2] = data;
}

void features_batch(Batch* batch, bool large, int64_t length, const void* offsets,
                    const float* values) {
  one_column(batch, large ? "+L" : "+l", "features", length, offsets);
  const int64_t items =
      large ? ((const int64_t*)offsets)[length] : ((const int32_t*)offsets)[length];
  batch->item_buffers[1] = values;
  set_array(&batch->items, items, 2, batch->item_buffers, NULL);
  set_schema(&batch->items_schema, "f", "item", NULL);
  set_array(&batch->column, length, 2, batch->column_buffers, batch->lists);
  batch->column_schema.n_children = 1;
  batch->column_schema.children = batch->list_schemas;
}

void rows_batch(Batch* batch, int64_t length, int32_t width, const float* values) {
  static int32_t offsets[65];
  for (int32_t row = 0; row <= length; ++row) offsets[row] = row * width;
  features_batch(batch, false, length, offsets, values);
}

void set_validity(Batch* batch, const uint8_t* bits, int64_t nulls) {
  batch->column_buffers[0] = bits;
  batch->column.null_count = nulls;
}

const struct ArrowArray* column_of(const struct ArrowArray* array, const struct ArrowSchema* schema,
                                   const char* name) {
  for (int64_t child = 0; child < schema->n_children; ++child) {
    if (strcmp(schema->children[child]->name, name) == 0) return array->children[child];
  }
  return NULL;
}

bool is_null(const struct ArrowArray* array, int64_t row) {
  const uint8_t* bits = array->buffers[0];
  const int64_t position = array->offset + row;
  return bits != NULL && (bits[position / 8] >> (position % 8) & 1) == 0;
}

const float* list_at(const struct ArrowArray* array, int64_t row, int* length) {
  const int32_t* offsets = (const int32_t*)array->buffers[1] + array->offset + row;
  const struct ArrowArray* items = array->children[0];
  *length = offsets[1] - offsets[0];
  return (const float*)items->buffers[1] + items->offset + offsets[0];
}
