/* Features to their nearest rows. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

static const float kRows[4][2] = {{1, 0}, {3, 4}, {0, 2}, {6, 8}};

/* A batch that the index may own: what it releases is counted aside. */
static int owned_releases = 0;

static void release_owned(struct ArrowArray* array) {
  ++owned_releases;
  array->release = NULL;
}

static bool near(double value, double expected) { return fabs(value - expected) < 1e-12; }

static int64_t integer_at(const struct ArrowArray* column, int64_t row) {
  return ((const int64_t*)column->buffers[1])[row];
}

static double double_at(const struct ArrowArray* column, int64_t row) {
  return ((const double*)column->buffers[1])[row];
}

static bool text_is(const struct ArrowArray* column, int64_t row, const char* expected) {
  const int32_t* offsets = column->buffers[1];
  const size_t length = (size_t)(offsets[row + 1] - offsets[row]);
  return length == strlen(expected) &&
         memcmp((const char*)column->buffers[2] + offsets[row], expected, length) == 0;
}

/* The rows above, of which number 2 is null, then again number 1 alone, as number 4. */
static verger_index* index_of_rows(const char* metric) {
  static Batch first;
  static Batch second;
  static const uint8_t not_third[] = {0x0B};
  verger_error error = {""};
  verger_index* index = NULL;
  const verger_search_options options = {sizeof(options), metric, 2};
  CHECK_OK(verger_index_create(2, &options, &index, &error), &error);
  static const int32_t offsets[] = {0, 2, 4, 6, 8};
  features_batch(&first, false, 4, offsets, kRows[0]);
  set_validity(&first, not_third, 1);
  first.array.release = release_owned;
  CHECK_OK(verger_index_add(index, &first.array, &first.schema, &error), &error);
  CHECK(first.array.release == NULL);
  features_batch(&second, false, 1, offsets, kRows[1]);
  second.array.release = release_owned;
  CHECK_OK(verger_index_add(index, &second.array, &second.schema, &error), &error);
  return index;
}

static void test_index(void) {
  verger_error error = {""};
  struct ArrowArray neighbours;
  struct ArrowSchema schema;
  Batch query;
  const float vectors[2][2] = {{30, 40}, {0, 1}};
  rows_batch(&query, 2, 2, vectors[0]);
  owned_releases = 0;
  verger_index* index = index_of_rows("cosine");
  CHECK_OK(verger_index_find(index, &query.array, &query.schema, 3, &neighbours, &schema, &error),
           &error);
  CHECK(neighbours.length == 6 && strcmp(schema.format, "+s") == 0);
  const struct ArrowArray* queries = column_of(&neighbours, &schema, "query");
  const struct ArrowArray* rows = column_of(&neighbours, &schema, "row");
  const struct ArrowArray* distances = column_of(&neighbours, &schema, "distance");
  /* Rows 1, 3 and 4 point the same way: of equals the first rows. */
  const int64_t wanted_rows[] = {1, 3, 4, 1, 3, 4};
  for (int64_t at = 0; at < 6; ++at) {
    CHECK(integer_at(queries, at) == at / 3);
    CHECK(integer_at(rows, at) == wanted_rows[at]);
    CHECK(near(double_at(distances, at), at < 3 ? 0 : 0.2));
  }
  neighbours.release(&neighbours);
  schema.release(&schema);
  CHECK(owned_releases == 0);
  verger_index_free(index);
  CHECK(owned_releases == 2);

  index = index_of_rows("euclidean");
  CHECK_OK(verger_index_find(index, &query.array, &query.schema, 99, &neighbours, &schema, &error),
           &error);
  CHECK(neighbours.length == 8); /* all that there are */
  CHECK(integer_at(column_of(&neighbours, &schema, "row"), 0) == 3);
  CHECK(near(double_at(column_of(&neighbours, &schema, "distance"), 0), 40));
  neighbours.release(&neighbours);
  schema.release(&schema);
  verger_index_free(index);
  verger_index_free(NULL);
}

static void test_bad_indexes(void) {
  verger_error error = {""};
  verger_index* index = NULL;
  verger_search_options options = {sizeof(options), "manhattan", 0};
  CHECK_FAILS(verger_index_create(2, &options, &index, &error), VERGER_BAD_CALL, &error,
              "metric 'manhattan': there are cosine and euclidean");
  options.metric = NULL;
  options.threads = -1;
  CHECK_FAILS(verger_index_create(2, &options, &index, &error), VERGER_BAD_CALL, &error, "threads");
  CHECK_FAILS(verger_index_create(0, NULL, &index, &error), VERGER_BAD_CALL, &error, "dimension");
  CHECK_FAILS(verger_index_create(2, NULL, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK(index == NULL);
  CHECK_OK(verger_index_create(2, NULL, &index, &error), &error);
  Batch batch;
  rows_batch(&batch, 1, 3, kRows[0]);
  CHECK_FAILS(verger_index_add(index, &batch.array, &batch.schema, &error), VERGER_BAD_FEATURES,
              &error, "row 0 has 3 features where 2");
  CHECK(batch.array.release != NULL); /* still the caller's */
  const float nan[] = {0, NAN};
  rows_batch(&batch, 1, 2, nan);
  CHECK_FAILS(verger_index_add(index, &batch.array, &batch.schema, &error), VERGER_BAD_FEATURES,
              &error, "not finite");
  struct ArrowArray neighbours = {.length = 77};
  CHECK_FAILS(verger_index_find(index, &batch.array, &batch.schema, 1, &neighbours, NULL, &error),
              VERGER_BAD_FEATURES, &error, "not finite");
  rows_batch(&batch, 1, 2, kRows[0]);
  CHECK_FAILS(verger_index_find(index, &batch.array, &batch.schema, 0, &neighbours, NULL, &error),
              VERGER_BAD_CALL, &error, "most");
  CHECK(neighbours.length == 77 && neighbours.release == NULL);
  CHECK_OK(verger_index_find(index, &batch.array, &batch.schema, 1, &neighbours, NULL, &error),
           &error);
  CHECK(neighbours.length == 0); /* no rows, no neighbours */
  neighbours.release(&neighbours);
  verger_index_free(index);
}

/* Columns beside the one of a Batch. */
typedef struct Photos {
  Batch features;
  Batch names;
  struct ArrowArray* columns[3];
  struct ArrowSchema* schemas[3];
  struct ArrowSchema label;
} Photos;

/* Photos "a" to "d" of the rows above; the label is the path. */
static void photos_batch(Photos* photos) {
  static const int32_t offsets[] = {0, 1, 2, 3, 4};
  rows_batch(&photos->features, 4, 2, kRows[0]);
  content_batch(&photos->names, false, 4, offsets, "abcd");
  photos->names.column_schema.format = "u";
  photos->names.column_schema.name = "path";
  photos->label = photos->names.column_schema;
  photos->label.name = "label";
  photos->columns[0] = &photos->names.column;
  photos->columns[1] = &photos->names.column;
  photos->columns[2] = &photos->features.column;
  photos->schemas[0] = &photos->names.column_schema;
  photos->schemas[1] = &photos->label;
  photos->schemas[2] = &photos->features.column_schema;
  photos->features.array.children = photos->columns;
  photos->features.array.n_children = 3;
  photos->features.schema.children = photos->schemas;
  photos->features.schema.n_children = 3;
}

static void test_photos(void) {
  verger_error error = {""};
  verger_photo_search* search = NULL;
  Photos photos;
  struct ArrowArray neighbours;
  struct ArrowSchema schema;
  photos_batch(&photos);
  const struct ArrowArray* rows = &photos.features.array;
  const struct ArrowSchema* rows_schema = &photos.features.schema;
  /* Each photo as a query, but for its own row. */
  CHECK_OK(verger_photo_search_create(2, rows, rows_schema, 1, NULL, &search, &error), &error);
  CHECK_OK(verger_photo_search_add(search, rows, rows_schema, &error), &error);
  CHECK_OK(verger_photo_search_results(search, &neighbours, &schema, &error), &error);
  CHECK(neighbours.length == 4);
  const char* const expected[] = {"b", "d", "b", "b"};
  for (int64_t at = 0; at < 4; ++at) {
    CHECK(integer_at(column_of(&neighbours, &schema, "query"), at) == at);
    CHECK(text_is(column_of(&neighbours, &schema, "path"), at, expected[at]));
    CHECK(text_is(column_of(&neighbours, &schema, "label"), at, expected[at]));
  }
  CHECK(near(double_at(column_of(&neighbours, &schema, "distance"), 0), 0.4));
  CHECK(near(double_at(column_of(&neighbours, &schema, "distance"), 1), 0));
  neighbours.release(&neighbours);
  schema.release(&schema);
  CHECK_FAILS(verger_photo_search_results(search, NULL, NULL, &error), VERGER_BAD_CALL, &error,
              "NULL");
  CHECK_FAILS(verger_photo_search_add(NULL, rows, rows_schema, &error), VERGER_BAD_CALL, &error,
              "NULL");
  verger_photo_search_free(search);
  CHECK_FAILS(verger_photo_search_create(3, rows, rows_schema, 1, NULL, &search, &error),
              VERGER_BAD_FEATURES, &error, "row 0 has 2 features where 3");
  CHECK_FAILS(verger_photo_search_create(2, rows, rows_schema, 0, NULL, &search, &error),
              VERGER_BAD_CALL, &error, "most");
  verger_photo_search_free(NULL);
}

void test_search(void) {
  test_index();
  test_bad_indexes();
  test_photos();
}
