/* Photos to features: good and bad ones, every layout of a batch, and who owns what. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

/* 2 x 2 pixels in four colours, written by Pillow 13.0.0. */
static const uint8_t kPng[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0xfd, 0xd4, 0x9a,
    0x73, 0x00, 0x00, 0x00, 0x16, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x38, 0x21, 0x27, 0x27,
    0x77, 0x42, 0x8e, 0x41, 0x4e, 0xee, 0xc4, 0x9d, 0x3b, 0x1a, 0x00, 0x1e, 0xea, 0x04, 0xed, 0x58,
    0x75, 0x2d, 0x42, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
enum { kPngSize = sizeof(kPng), kDimension = 1280 };

/* Five photos: good, cut in the middle, good, empty, good. */
static uint8_t bytes[4 * kPngSize];
static const int32_t kOffsets[] = {
    0, kPngSize, kPngSize + 40, 2 * kPngSize + 40, 2 * kPngSize + 40, 3 * kPngSize + 40};
static int64_t large_offsets[6];
static float good[kDimension]; /* features of kPng */

static verger_extractor* open_extractor(void) {
  verger_error error = {""};
  verger_model* model = NULL;
  verger_extractor* extractor = NULL;
  verger_extractor_options options = {
      .struct_size = sizeof(options), .threads = 2, .batch_size = 4};
  CHECK_OK(verger_model_embedded(NULL, NULL, &model, &error), &error);
  if (model == NULL) return NULL;

  verger_extractor* const untouched = (verger_extractor*)&error;
  extractor = untouched;
  CHECK_FAILS(verger_extractor_create(NULL, &options, &extractor, &error), VERGER_BAD_CALL, &error,
              "NULL");
  CHECK_FAILS(verger_extractor_create(model, &options, NULL, &error), VERGER_BAD_CALL, &error,
              "NULL");
  options.threads = -1;
  CHECK_FAILS(verger_extractor_create(model, &options, &extractor, &error), VERGER_BAD_CALL, &error,
              "threads");
  options.threads = 2;
  options.batch_size = 1025;
  CHECK_FAILS(verger_extractor_create(model, &options, &extractor, &error), VERGER_BAD_CALL, &error,
              "batch");
  options.batch_size = 4;
  options.streams = -1;
  CHECK_FAILS(verger_extractor_create(model, &options, &extractor, &error), VERGER_BAD_CALL, &error,
              "streams");
  options.streams = 1;
  options.max_pixels = ((int64_t)1 << 29) + 1;
  CHECK_FAILS(verger_extractor_create(model, &options, &extractor, &error), VERGER_BAD_CALL, &error,
              "max_pixels");
  options.max_pixels = 0;
  CHECK(extractor == untouched);

  /* An older caller, whose struct ended before batch_size: 1025 is not read. */
  options.batch_size = 1025;
  options.struct_size = offsetof(verger_extractor_options, batch_size);
  extractor = NULL;
  CHECK_OK(verger_extractor_create(model, &options, &extractor, &error), &error);
  verger_model_free(model); /* the extractor goes on without it */
  if (extractor != NULL) {
    CHECK(verger_extractor_streams(extractor) >= 1 && verger_extractor_streams(extractor) <= 2);
  }
  return extractor;
}

/* Row `row` must be the features of kPng, and its error null. */
static void check_good(const struct ArrowArray* features, const struct ArrowArray* errors,
                       int64_t row) {
  int length = 0;
  CHECK(!is_null(features, row) && is_null(errors, row));
  const float* values = list_at(features, row, &length);
  CHECK(length == kDimension && memcmp(values, good, sizeof(good)) == 0);
}

/* Row `row` must be rejected, for a reason that holds `part`. */
static void check_rejected(const struct ArrowArray* features, const struct ArrowArray* errors,
                           int64_t row, const char* part) {
  const int32_t* offsets = (const int32_t*)errors->buffers[1] + row;
  const char* text = (const char*)errors->buffers[2] + offsets[0];
  int length = 0;
  char reason[256] = "";
  CHECK(is_null(features, row) && !is_null(errors, row));
  list_at(features, row, &length);
  CHECK(length == 0);
  CHECK(offsets[1] > offsets[0] && offsets[1] - offsets[0] < (int)sizeof(reason));
  memcpy(reason, text, (size_t)(offsets[1] - offsets[0]) % sizeof(reason));
  CHECK(strstr(reason, part) != NULL);
}

/* Extracts `batch` and holds its rows against `expected`: g good, c cut, e empty. */
static void check_rows(const verger_extractor* extractor, const Batch* batch,
                       const char* expected) {
  verger_error error = {""};
  struct ArrowArray array;
  struct ArrowSchema schema;
  const verger_status status =
      verger_extract(extractor, &batch->array, &batch->schema, &array, &schema, &error);
  CHECK_OK(status, &error);
  if (status != VERGER_OK) return;
  const int64_t rows = (int64_t)strlen(expected);
  const struct ArrowArray* features = column_of(&array, &schema, "features");
  const struct ArrowArray* errors = column_of(&array, &schema, "error");
  CHECK(array.length == rows && array.n_buffers == 1 && array.null_count == 0);
  CHECK(features != NULL && errors != NULL && features->length == rows && errors->length == rows);
  CHECK(features != NULL && errors != NULL && features->null_count + errors->null_count == rows);
  for (int64_t row = 0; row < rows; ++row) {
    if (expected[row] == 'g') check_good(features, errors, row);
    if (expected[row] == 'c') check_rejected(features, errors, row, "PNG");
    if (expected[row] == 'e') check_rejected(features, errors, row, "empty");
  }
  array.release(&array);
  schema.release(&schema);
  CHECK(array.release == NULL && schema.release == NULL);
}

static void test_schema(const verger_extractor* extractor) {
  verger_error error = {""};
  Batch batch;
  struct ArrowArray array;
  struct ArrowSchema schema;
  content_batch(&batch, false, 5, kOffsets, bytes);
  const verger_status status =
      verger_extract(extractor, &batch.array, &batch.schema, &array, &schema, &error);
  CHECK_OK(status, &error);
  if (status != VERGER_OK) return;
  CHECK(strcmp(schema.format, "+s") == 0 && schema.n_children == 2);
  CHECK(strcmp(schema.children[0]->name, "features") == 0);
  CHECK(strcmp(schema.children[0]->format, "+l") == 0);
  CHECK(strcmp(schema.children[0]->children[0]->format, "f") == 0);
  CHECK(strcmp(schema.children[1]->name, "error") == 0);
  CHECK(strcmp(schema.children[1]->format, "u") == 0);
  CHECK((schema.children[0]->flags & ARROW_FLAG_NULLABLE) != 0);
  schema.release(&schema);

  int length = 0;
  const float* row = list_at(array.children[0], 0, &length);
  CHECK(length == kDimension);
  for (int i = 0; i < kDimension && i < length; ++i) {
    CHECK(isfinite(row[i]));
    good[i] = row[i];
  }

  /* A child moved out outlives its parent, as Arrow's rules have it. */
  struct ArrowArray moved = *array.children[0];
  array.children[0]->release = NULL;
  array.release(&array);
  row = list_at(&moved, 4, &length);
  CHECK(length == kDimension && memcmp(row, good, sizeof(good)) == 0);
  moved.release(&moved);
  CHECK(moved.release == NULL);
}

static void test_layouts(const verger_extractor* extractor) {
  Batch batch;
  content_batch(&batch, false, 5, kOffsets, bytes);
  check_rows(extractor, &batch, "gcgeg");
  content_batch(&batch, true, 5, large_offsets, bytes);
  check_rows(extractor, &batch, "gcgeg");
  batch.column.offset = 1; /* the column is sliced */
  batch.column.length = batch.array.length = 3;
  check_rows(extractor, &batch, "cge");
  content_batch(&batch, false, 5, kOffsets, bytes);
  batch.array.offset = 2; /* the struct is sliced */
  batch.array.length = 3;
  check_rows(extractor, &batch, "geg");

  const uint8_t last_null[] = {0x0F}; /* bit i is row i - offset */
  content_batch(&batch, false, 5, kOffsets, bytes);
  batch.column.offset = 2;
  batch.column.length = batch.array.length = 3;
  set_validity(&batch, last_null, 1);
  check_rows(extractor, &batch, "gee");
  content_batch(&batch, false, 0, kOffsets, NULL);
  check_rows(extractor, &batch, "");
}

static void test_refused(const verger_extractor* extractor) {
  verger_error error = {""};
  Batch batch;
  struct ArrowArray array = {.length = 77};
  struct ArrowSchema schema = {.flags = 77};
  content_batch(&batch, false, 5, kOffsets, bytes);
  batch.column_schema.name = "photo";
  CHECK_FAILS(verger_extract(extractor, &batch.array, &batch.schema, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "no column 'content'");
  batch.column_schema.name = "content";
  batch.column_schema.format = "u";
  CHECK_FAILS(verger_extract(extractor, &batch.array, &batch.schema, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "binary or large binary");
  const int32_t backwards[] = {kPngSize, 0};
  content_batch(&batch, false, 1, backwards, bytes);
  CHECK_FAILS(verger_extract(extractor, &batch.array, &batch.schema, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "offsets");
  content_batch(&batch, false, 5, kOffsets, NULL);
  CHECK_FAILS(verger_extract(extractor, &batch.array, &batch.schema, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "buffer");
  content_batch(&batch, false, 5, kOffsets, bytes);
  CHECK_FAILS(verger_extract(NULL, &batch.array, &batch.schema, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_extract(extractor, NULL, &batch.schema, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_extract(extractor, &batch.array, NULL, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_extract(extractor, &batch.array, &batch.schema, NULL, &schema, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK(array.length == 77 && array.release == NULL);
  CHECK(schema.flags == 77 && schema.release == NULL);
}

/* What comes out of one call goes into the next, nulls and all. */
static void test_chain(const verger_extractor* extractor) {
  verger_error error = {""};
  Batch batch;
  struct ArrowArray features;
  struct ArrowSchema schema;
  verger_moments* moments = NULL;
  content_batch(&batch, false, 5, kOffsets, bytes);
  CHECK_OK(verger_extract(extractor, &batch.array, &batch.schema, &features, &schema, &error),
           &error);
  CHECK_OK(verger_moments_create(kDimension, &moments, &error), &error);
  CHECK_OK(verger_moments_add(moments, &features, &schema, &error), &error);
  CHECK(verger_moments_count(moments) == 3);
  CHECK(features.release != NULL && schema.release != NULL);
  features.release(&features);
  schema.release(&schema);
  verger_moments_free(moments);
}

/* int8 is saved and comes back; fp32 is not worth it. */
static void test_save(void) {
  verger_error error = {""};
  verger_model* model = NULL;
  verger_extractor* extractor = NULL;
  verger_bytes key = {NULL, 0};
  verger_bytes saved = {NULL, 0};
  verger_bytes again = {NULL, 0};
  const verger_model_options precision = {.struct_size = sizeof(precision), .precision = "int8"};
  verger_extractor_options options = {.struct_size = sizeof(options), .threads = 1};
  CHECK_OK(verger_model_embedded(NULL, &precision, &model, &error), &error);
  CHECK_OK(verger_compiled_key(model, &options, &key, &error), &error);
  CHECK(key.size == 64);
  CHECK_OK(verger_extractor_create(model, &options, &extractor, &error), &error);
  if (extractor == NULL) return;
  CHECK_OK(verger_extractor_save(extractor, &saved, &error), &error);
  CHECK(saved.size > 1000000);
  verger_extractor_free(extractor);

  options.compiled.data = (const char*)saved.data;
  options.compiled.size = saved.size;
  CHECK_OK(verger_extractor_create(model, &options, &extractor, &error), &error);
  CHECK_OK(verger_extractor_save(extractor, &again, &error), &error);
  CHECK(again.size == 0); /* it was made of saved bytes */
  CHECK_FAILS(verger_extractor_save(extractor, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_extractor_save(NULL, &again, &error), VERGER_BAD_CALL, &error, "NULL");
  options.threads = -1;
  CHECK_FAILS(verger_compiled_key(model, &options, &again, &error), VERGER_BAD_CALL, &error,
              "threads");
  CHECK_FAILS(verger_compiled_key(NULL, NULL, &again, &error), VERGER_BAD_CALL, &error, "NULL");
  verger_extractor_free(extractor);
  verger_model_free(model);
  verger_bytes_free(again);
  verger_bytes_free(saved);
  verger_bytes_free(key);

  CHECK_OK(verger_model_embedded(NULL, NULL, &model, &error), &error);
  CHECK_OK(verger_compiled_key(model, NULL, &key, &error), &error);
  CHECK(key.size == 0);
  verger_bytes_free(key);
  verger_model_free(model);
}

void test_extract(void) {
  uint8_t* end = bytes;
  for (int photo = 0; photo < 5; ++photo) {
    const int32_t size = kOffsets[photo + 1] - kOffsets[photo];
    memcpy(end, kPng, (size_t)size);
    end += size;
  }
  for (int row = 0; row < 6; ++row) large_offsets[row] = kOffsets[row];
  verger_extractor* extractor = open_extractor();
  if (extractor == NULL) return;
  test_schema(extractor);
  test_layouts(extractor);
  test_refused(extractor);
  test_chain(extractor);
  verger_extractor_free(extractor);
  test_save();
}
