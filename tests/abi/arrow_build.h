/* arrow_build.h: batches of one column, built by hand as the Arrow C data interface has them. */
#ifndef VERGER_TESTS_ABI_ARROW_BUILD_H_
#define VERGER_TESTS_ABI_ARROW_BUILD_H_

#include <stdbool.h>

#include "abi/verger.h"

/* A struct array with one child. Borrowed by the calls under test: released by none of them.
 * Points into itself: never copy one. */
typedef struct Batch {
  struct ArrowArray array;
  struct ArrowArray column;
  struct ArrowArray items;
  struct ArrowSchema schema;
  struct ArrowSchema column_schema;
  struct ArrowSchema items_schema;
  struct ArrowArray* columns[1];
  struct ArrowArray* lists[1];
  struct ArrowSchema* column_schemas[1];
  struct ArrowSchema* list_schemas[1];
  const void* struct_buffers[1];
  const void* column_buffers[3];
  const void* item_buffers[2];
} Batch;

/* How often a Batch, or a part of one, was released. Stays 0. */
extern int batch_releases;

/* A column `content`. `large`: offsets are int64_t, else int32_t. */
void content_batch(Batch* batch, bool large, int64_t length, const void* offsets, const void* data);

/* A column `features`, a list of float32. */
void features_batch(Batch* batch, bool large, int64_t length, const void* offsets,
                    const float* values);

/* The same for `length` rows of `width` floats, no more than 64 rows. */
void rows_batch(Batch* batch, int64_t length, int32_t width, const float* values);

/* Sets the validity bitmap of the column; `nulls` may be -1 for not counted. */
void set_validity(Batch* batch, const uint8_t* bits, int64_t nulls);

/* Columns of a batch that a call returned; NULL if there is none of that name. */
const struct ArrowArray* column_of(const struct ArrowArray* array, const struct ArrowSchema* schema,
                                   const char* name);

bool is_null(const struct ArrowArray* array, int64_t row);

/* Row `row` of a list<float32>, and its length. */
const float* list_at(const struct ArrowArray* array, int64_t row, int* length);

#endif /* VERGER_TESTS_ABI_ARROW_BUILD_H_ */
