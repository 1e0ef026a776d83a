/* Traits of photos: of some, of none, and beside features. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

/* 16 x 16 pixels, white but for 8 x 8 of (200, 30, 20) in the middle, written by Pillow 13.0.0. */
static const uint8_t kFruit[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x10, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90,
    0x91, 0x68, 0x36, 0x00, 0x00, 0x00, 0x2a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xfc,
    0xff, 0xff, 0x3f, 0x03, 0x29, 0x80, 0x89, 0x24, 0xd5, 0x74, 0xd1, 0xc0, 0x82, 0xcc, 0x39,
    0x29, 0x2f, 0x8a, 0x55, 0x91, 0xf9, 0xc3, 0xd7, 0x74, 0x74, 0xd2, 0x88, 0xd4, 0xc0, 0x38,
    0x0c, 0xd2, 0x12, 0x00, 0x27, 0x3a, 0x09, 0x1b, 0x8d, 0x53, 0xbd, 0x32, 0x00, 0x00, 0x00,
    0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
enum { kSize = sizeof(kFruit) };

/* The photo, and the same cut off. */
static uint8_t bytes[2 * kSize];
static const int32_t kOffsets[] = {0, kSize, kSize + 40};

static double number_at(const struct ArrowArray* array, int64_t row) {
  return ((const double*)array->buffers[1])[row];
}

/* Row 0 has the traits of kFruit, row 1 none. */
static void check_traits(const struct ArrowArray* array, const struct ArrowSchema* schema) {
  static const char* const kNames[] = {"lab_l", "lab_a", "lab_b", "area", "roundness"};
  /* scikit-image 0.26.0: color.rgb2lab; roundness as seen: few pixels are nearly a disc. */
  static const double kExpected[] = {43.1560464, 62.84874981, 49.79074486, 0.25, 0.9467062};
  static const double kBounds[] = {1e-6, 1e-6, 1e-6, 0, 1e-6};
  for (int at = 0; at < 5; ++at) {
    const struct ArrowArray* column = column_of(array, schema, kNames[at]);
    CHECK(column != NULL && column->length == 2 && column->null_count == 1);
    if (column == NULL) return;
    CHECK(!is_null(column, 0) && is_null(column, 1));
    CHECK(fabs(number_at(column, 0) - kExpected[at]) <= kBounds[at]);
  }
  const struct ArrowArray* errors = column_of(array, schema, "error");
  CHECK(errors != NULL && is_null(errors, 0) && !is_null(errors, 1));
}

static void test_alone(const Batch* batch) {
  verger_error error = {""};
  struct ArrowArray array = {.length = 77};
  struct ArrowSchema schema;
  verger_traits_options options = {.struct_size = sizeof(options), .max_pixels = -1};
  CHECK_FAILS(verger_traits(&batch->array, &batch->schema, &options, &array, &schema, &error),
              VERGER_BAD_CALL, &error, "max_pixels");
  CHECK_FAILS(verger_traits(&batch->array, &batch->schema, NULL, NULL, &schema, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_traits(NULL, &batch->schema, NULL, &array, &schema, &error), VERGER_BAD_CALL,
              &error, "NULL");
  CHECK(array.length == 77 && array.release == NULL);

  CHECK_OK(verger_traits(&batch->array, &batch->schema, NULL, &array, &schema, &error), &error);
  if (array.release == NULL) return;
  CHECK(schema.n_children == 6 && strcmp(schema.children[1]->format, "g") == 0);
  check_traits(&array, &schema);
  array.release(&array);
  schema.release(&schema);

  options.max_pixels = 255;
  CHECK_OK(verger_traits(&batch->array, &batch->schema, &options, &array, NULL, &error), &error);
  CHECK(array.length == 2 && array.children[0]->null_count == 0); /* both are rejects */
  array.release(&array);
}

static void test_with_features(const Batch* batch) {
  verger_error error = {""};
  verger_model* model = NULL;
  verger_extractor* extractor = NULL;
  struct ArrowArray array;
  struct ArrowSchema schema;
  const verger_extractor_options options = {
      .struct_size = sizeof(options), .threads = 1, .traits = 1};
  CHECK_OK(verger_model_embedded(NULL, NULL, &model, &error), &error);
  CHECK_OK(verger_extractor_create(model, &options, &extractor, &error), &error);
  verger_model_free(model);
  if (extractor == NULL) return;
  CHECK_OK(verger_extract(extractor, &batch->array, &batch->schema, &array, &schema, &error),
           &error);
  CHECK(schema.n_children == 7);
  check_traits(&array, &schema);
  array.release(&array);
  schema.release(&schema);
  verger_extractor_free(extractor);
}

void test_traits(void) {
  Batch batch;
  memcpy(bytes, kFruit, kSize);
  memcpy(bytes + kSize, kFruit, kSize);
  content_batch(&batch, false, 2, kOffsets, bytes);
  test_alone(&batch);
  test_with_features(&batch);
}
