/* Features to moments: counting, merging, saving, and batches that are not what they say. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

static const float kRows[4][3] = {{1, 2, 3}, {-1, 0.5f, 4}, {2, 2, -2}, {0, 1, 7}};

static verger_moments* create(void) {
  verger_error error = {""};
  verger_moments* moments = NULL;
  CHECK_OK(verger_moments_create(3, &moments, &error), &error);
  return moments;
}

/* Moments of rows `begin` up to `end` of kRows. */
static verger_moments* moments_of(int begin, int end) {
  verger_error error = {""};
  verger_moments* moments = create();
  Batch batch;
  rows_batch(&batch, end - begin, 3, kRows[begin]);
  CHECK_OK(verger_moments_add(moments, &batch.array, &batch.schema, &error), &error);
  CHECK(verger_moments_count(moments) == end - begin);
  return moments;
}

static bool same(const verger_moments* a, const verger_moments* b) {
  verger_error error = {""};
  verger_bytes left = {NULL, 0};
  verger_bytes right = {NULL, 0};
  CHECK_OK(verger_moments_save(a, &left, &error), &error);
  CHECK_OK(verger_moments_save(b, &right, &error), &error);
  const bool equal = left.size == right.size && memcmp(left.data, right.data, left.size) == 0;
  verger_bytes_free(left);
  verger_bytes_free(right);
  return equal;
}

/* The rows of `batch` must count as rows 1 and 2 of kRows do. */
static void check_middle_rows(const Batch* batch) {
  verger_error error = {""};
  verger_moments* expected = moments_of(1, 3);
  verger_moments* moments = create();
  CHECK_OK(verger_moments_add(moments, &batch->array, &batch->schema, &error), &error);
  CHECK(same(moments, expected));
  verger_moments_free(moments);
  verger_moments_free(expected);
}

/* Two of four rows, selected in each way that Arrow has. */
static void test_slices(void) {
  Batch batch;
  rows_batch(&batch, 4, 3, kRows[0]); /* the column is sliced */
  batch.column.offset = 1;
  batch.column.length = batch.array.length = 2;
  check_middle_rows(&batch);

  rows_batch(&batch, 4, 3, kRows[0]); /* the struct is sliced */
  batch.array.offset = 1;
  batch.array.length = 2;
  check_middle_rows(&batch);

  rows_batch(&batch, 3, 3, kRows[0]); /* the items are sliced */
  batch.items.offset = 3;
  batch.array.length = 2;
  check_middle_rows(&batch);

  const int64_t large[] = {3, 6, 9}; /* offsets that do not begin with 0 */
  features_batch(&batch, true, 2, large, kRows[0]);
  check_middle_rows(&batch);
}

static void test_nulls(void) {
  Batch batch;
  const uint8_t middle[] = {0x06};
  rows_batch(&batch, 4, 3, kRows[0]);
  set_validity(&batch, middle, 2);
  check_middle_rows(&batch);
  set_validity(&batch, middle, -1); /* not counted yet */
  check_middle_rows(&batch);

  /* Bit i is row i - offset: of rows 1, 2 and 3 the last is null. */
  batch.column.offset = 1;
  batch.column.length = batch.array.length = 3;
  check_middle_rows(&batch);

  /* Rows that are null in the struct are null, whatever the column says. */
  rows_batch(&batch, 4, 3, kRows[0]);
  batch.struct_buffers[0] = middle;
  batch.array.null_count = 2;
  check_middle_rows(&batch);

  /* A null row has no length to be wrong. */
  const int32_t ragged[] = {0, 3, 3, 6};
  const uint8_t first_and_last[] = {0x05};
  const float values[] = {-1, 0.5f, 4, 2, 2, -2};
  features_batch(&batch, false, 3, ragged, values);
  set_validity(&batch, first_and_last, 1);
  check_middle_rows(&batch);
}

static void test_merge(void) {
  verger_error error = {""};
  verger_moments* whole = moments_of(0, 4);
  verger_moments* left = moments_of(0, 2);
  verger_moments* right = moments_of(2, 4);
  verger_moments* empty = create();
  verger_moments* other = NULL;
  CHECK_OK(verger_moments_merge(left, empty, &error), &error);
  CHECK(verger_moments_count(left) == 2);
  CHECK_OK(verger_moments_merge(empty, right, &error), &error);
  CHECK(same(empty, right));
  CHECK_OK(verger_moments_merge(left, right, &error), &error);
  CHECK(verger_moments_count(left) == verger_moments_count(whole));
  CHECK_OK(verger_moments_merge(left, left, &error), &error); /* with itself: every row twice */
  CHECK(verger_moments_count(left) == 8);

  CHECK_OK(verger_moments_create(2, &other, &error), &error);
  CHECK_FAILS(verger_moments_merge(left, other, &error), VERGER_BAD_CALL, &error, "dimension");
  CHECK_FAILS(verger_moments_merge(NULL, other, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_moments_merge(left, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK(verger_moments_count(left) == 8);
  verger_moments_free(other);
  verger_moments_free(empty);
  verger_moments_free(right);
  verger_moments_free(left);
  verger_moments_free(whole);
}

static void test_saved(void) {
  verger_error error = {""};
  verger_moments* moments = moments_of(0, 4);
  verger_moments* loaded = NULL;
  verger_bytes bytes = {NULL, 0};
  CHECK_OK(verger_moments_save(moments, &bytes, &error), &error);
  CHECK_OK(verger_moments_load(bytes.data, bytes.size, &loaded, &error), &error);
  CHECK(verger_moments_count(loaded) == 4);
  CHECK(same(moments, loaded));
  verger_moments_free(loaded);

  verger_moments* const untouched = (verger_moments*)&error;
  loaded = untouched;
  for (size_t size = 0; size < bytes.size; ++size) {
    CHECK_FAILS(verger_moments_load(bytes.data, size, &loaded, &error), VERGER_BAD_FEATURES, &error,
                "");
  }
  CHECK_FAILS(verger_moments_load(NULL, 0, &loaded, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK(loaded == untouched);
  CHECK_FAILS(verger_moments_save(NULL, &bytes, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_moments_save(moments, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  verger_bytes_free(bytes);
  verger_moments_free(moments);
}

/* `batch` must be refused, and nothing of it counted. */
static void check_refused(const Batch* batch, verger_status status, const char* part) {
  verger_error error = {""};
  verger_moments* moments = create();
  CHECK_FAILS(verger_moments_add(moments, &batch->array, &batch->schema, &error), status, &error,
              part);
  CHECK(verger_moments_count(moments) == 0);
  verger_moments_free(moments);
}

static void test_bad_features(void) {
  Batch batch;
  rows_batch(&batch, 2, 2, kRows[0]);
  check_refused(&batch, VERGER_BAD_FEATURES, "row 0 has 2 features where 3");
  const int32_t ragged[] = {0, 3, 5};
  features_batch(&batch, false, 2, ragged, kRows[0]);
  check_refused(&batch, VERGER_BAD_FEATURES, "row 1 has 2 features where 3");
  const float wild[2][3] = {{1, 2, 3}, {1, INFINITY, 3}};
  rows_batch(&batch, 2, 3, wild[0]);
  check_refused(&batch, VERGER_BAD_FEATURES, "row 1 has a feature that is not finite");
  const uint8_t no_fifth[] = {0xEF};
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.item_buffers[0] = no_fifth;
  batch.items.null_count = 1;
  check_refused(&batch, VERGER_BAD_FEATURES, "row 1 has a feature that is null");
}

/* Batches that break Arrow's rules, or are of other types. */
static void test_bad_batches(void) {
  Batch batch;
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.column_schema.name = "pca_features";
  check_refused(&batch, VERGER_BAD_CALL, "no column 'features'");
  batch.column_schema.name = NULL;
  check_refused(&batch, VERGER_BAD_CALL, "no column 'features'");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.items_schema.format = "g";
  check_refused(&batch, VERGER_BAD_CALL, "list or large list of float32");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.column_schema.format = "+w:3";
  check_refused(&batch, VERGER_BAD_CALL, "list or large list of float32");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.column.n_children = 0;
  check_refused(&batch, VERGER_BAD_CALL, "list or large list of float32");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.schema.format = "+l";
  check_refused(&batch, VERGER_BAD_CALL, "struct array");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.array.n_children = 0;
  check_refused(&batch, VERGER_BAD_CALL, "struct array");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.array.length = 3;
  check_refused(&batch, VERGER_BAD_CALL, "shorter than its batch");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.array.release = NULL;
  check_refused(&batch, VERGER_BAD_CALL, "released");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.schema.release = NULL;
  check_refused(&batch, VERGER_BAD_CALL, "released");

  const int32_t backwards[] = {3, 0, 3};
  features_batch(&batch, false, 2, backwards, kRows[0]);
  check_refused(&batch, VERGER_BAD_CALL, "offsets");
  const int32_t negative[] = {-3, 0, 3};
  features_batch(&batch, false, 2, negative, kRows[0]);
  check_refused(&batch, VERGER_BAD_CALL, "offsets");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.items.length = 5;
  check_refused(&batch, VERGER_BAD_CALL, "offsets");
  rows_batch(&batch, 2, 3, kRows[0]);
  batch.column_buffers[1] = NULL;
  check_refused(&batch, VERGER_BAD_CALL, "buffer");
  rows_batch(&batch, 2, 3, NULL);
  check_refused(&batch, VERGER_BAD_CALL, "buffer");
}

static void test_bad_calls(void) {
  verger_error error = {""};
  verger_moments* moments = NULL;
  for (int32_t dimension = -1; dimension <= 0; ++dimension) {
    CHECK_FAILS(verger_moments_create(dimension, &moments, &error), VERGER_BAD_CALL, &error,
                "dimension");
  }
  CHECK_FAILS(verger_moments_create(65537, &moments, &error), VERGER_BAD_CALL, &error, "65536");
  CHECK_FAILS(verger_moments_create(3, NULL, &error), VERGER_BAD_CALL, &error, "");
  CHECK(moments == NULL);
  Batch batch;
  rows_batch(&batch, 0, 3, NULL); /* no rows: no buffers needed */
  moments = create();
  CHECK_OK(verger_moments_add(moments, &batch.array, &batch.schema, &error), &error);
  CHECK(verger_moments_count(moments) == 0);
  CHECK_FAILS(verger_moments_add(NULL, &batch.array, &batch.schema, &error), VERGER_BAD_CALL,
              &error, "NULL");
  CHECK_FAILS(verger_moments_add(moments, NULL, &batch.schema, &error), VERGER_BAD_CALL, &error,
              "NULL");
  CHECK_FAILS(verger_moments_add(moments, &batch.array, NULL, &error), VERGER_BAD_CALL, &error,
              "NULL");
  CHECK(verger_moments_add(moments, NULL, NULL, NULL) == VERGER_BAD_CALL);
  verger_moments_free(moments);
}

/* 30,000 * 30,001 / 2 doubles take 3,600,120,000 bytes. */
static void test_memory(void) {
  verger_error error = {""};
  CHECK_OK(verger_moments_require_memory(30000, 2, 7200240000u, &error), &error);
  CHECK_FAILS(verger_moments_require_memory(30000, 2, 7200239999u, &error), VERGER_INTERNAL, &error,
              "a network with fewer features");
  CHECK_FAILS(verger_moments_require_memory(0, 1, 1, &error), VERGER_BAD_CALL, &error, "dimension");
  CHECK_FAILS(verger_moments_require_memory(1, 0, 1, &error), VERGER_BAD_CALL, &error, "copies");
}

void test_moments(void) {
  test_memory();
  test_slices();
  test_nulls();
  test_merge();
  test_saved();
  test_bad_features();
  test_bad_batches();
  test_bad_calls();
}
