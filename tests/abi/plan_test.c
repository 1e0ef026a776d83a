/* Plans: what a caller in C gives, and what it must not lose when it gives it wrongly. */
#include <stddef.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

enum { kColumns = 6 };

/* A listing of one photo, or of none. Points into itself: never copy one. */
typedef struct Photos {
  struct ArrowArray array;
  struct ArrowSchema schema;
  struct ArrowArray columns[kColumns];
  struct ArrowSchema column_schemas[kColumns];
  struct ArrowArray* children[kColumns];
  struct ArrowSchema* child_schemas[kColumns];
  const void* rows[1];
  const void* buffers[kColumns][3];
} Photos;

static const int32_t kOffsets[2] = {0, 5};
static const int64_t kNumber[1] = {7};
static const uint8_t kNull[1] = {0};

static int releases = 0;

static void release_photos(struct ArrowArray* array) {
  ++releases;
  array->release = NULL;
}

static void release_schema(struct ArrowSchema* schema) { schema->release = NULL; }

static void photos_batch(Photos* photos, int64_t length, const char* const* names, int columns) {
  memset(photos, 0, sizeof(*photos));
  for (int i = 0; i < columns; ++i) {
    const bool number = strcmp(names[i], "size") == 0 || strcmp(names[i], "modified") == 0 ||
                        strcmp(names[i], "bytes") == 0;
    photos->buffers[i][1] = number ? (const void*)kNumber : (const void*)kOffsets;
    photos->buffers[i][2] = "a.jpg";
    photos->columns[i].length = length;
    photos->columns[i].n_buffers = number ? 2 : 3;
    photos->columns[i].buffers = photos->buffers[i];
    photos->column_schemas[i].format = number ? "l" : "u";
    photos->column_schemas[i].name = names[i];
    photos->children[i] = &photos->columns[i];
    photos->child_schemas[i] = &photos->column_schemas[i];
  }
  photos->array.length = length;
  photos->array.n_buffers = 1;
  photos->array.buffers = photos->rows;
  photos->array.n_children = columns;
  photos->array.children = photos->children;
  photos->array.release = release_photos;
  photos->schema.format = "+s";
  photos->schema.n_children = columns;
  photos->schema.children = photos->child_schemas;
  photos->schema.release = release_schema;
}

static const char* const kPhotoColumns[kColumns] = {"path",     "label",   "size",
                                                    "modified", "problem", "file"};
static const char* const kFileColumns[3] = {"name", "bytes", "modified"};

static verger_plan* new_plan(void) {
  verger_error error = {""};
  Photos files;
  photos_batch(&files, 0, kFileColumns, 3);
  verger_output output = {sizeof(output), "out", {NULL, 0}, 0, NULL};
  verger_plan_options options = {.struct_size = sizeof(options),
                                 .model_sha256 = "aa",
                                 .model_identity = "keras",
                                 .dimension = 8};
  verger_plan* plan = NULL;
  CHECK_OK(verger_plan_create(&output, &files.array, &files.schema, &options, &plan, &error),
           &error);
  return plan;
}

static void test_order(void) {
  verger_error error = {""};
  verger_plan_request request = VERGER_REQUEST_NOTHING;
  struct ArrowArray array;
  struct ArrowSchema schema;
  verger_plan* plan = new_plan();
  CHECK_FAILS(verger_plan_next(NULL, &request, &error), VERGER_BAD_CALL, &error, "plan");
  CHECK_FAILS(verger_plan_next(plan, NULL, &error), VERGER_BAD_CALL, &error, "request");
  CHECK_OK(verger_plan_next(plan, &request, &error), &error);
  CHECK(request == VERGER_REQUEST_QUEUE);
  CHECK_OK(verger_plan_queue(plan, &array, &schema, &error), &error);
  CHECK(array.length == 0);
  array.release(&array);
  schema.release(&schema);

  Photos photos;
  photos_batch(&photos, 1, kPhotoColumns, kColumns);
  CHECK_OK(verger_plan_next(plan, &request, &error), &error);
  CHECK(request == VERGER_REQUEST_LISTING);
  CHECK_OK(verger_plan_add_listing(plan, &photos.array, &photos.schema, &error), &error);
  CHECK(photos.array.release == NULL);
  CHECK_OK(verger_plan_next(plan, &request, &error), &error);
  CHECK(request == VERGER_REQUEST_LISTING);
  CHECK_OK(verger_plan_add_listing(plan, NULL, NULL, &error), &error);
  CHECK_OK(verger_plan_next(plan, &request, &error), &error);
  CHECK(request == VERGER_REQUEST_TODO);
  CHECK_OK(verger_plan_todo(plan, &array, &schema, &error), &error);
  CHECK(array.length == 1);
  array.release(&array);
  schema.release(&schema);
  CHECK_OK(verger_plan_next(plan, &request, &error), &error);
  CHECK(request == VERGER_REQUEST_NOTHING);
  verger_plan_free(plan);
  CHECK(releases == 1); /* once, by the plan */
}

static void test_rows_of_no_photo(void) {
  verger_error error = {""};
  Photos photos;
  photos_batch(&photos, 1, kPhotoColumns, kColumns);
  photos.rows[0] = kNull;
  photos.array.null_count = -1; /* not counted */
  verger_plan* plan = new_plan();
  CHECK_FAILS(verger_plan_add_listing(plan, &photos.array, &photos.schema, &error), VERGER_BAD_CALL,
              &error, "row 0 of the batch is null");
  CHECK(photos.array.release != NULL); /* still the caller's */
  verger_plan_free(plan);
}

static void test_contents(void) {
  verger_error error = {""};
  verger_contents* contents = NULL;
  verger_plan* plan = new_plan();
  int64_t part = 0, row = 0;
  const char* hash = "0000000000000000000000000000000000000000000000000000000000000000";
  CHECK_OK(verger_plan_contents(plan, &contents, &error), &error);
  CHECK(verger_contents_find(contents, hash, &part, &row) == 0);
  CHECK(verger_contents_find(contents, NULL, &part, &row) == 0);
  CHECK(verger_contents_find(NULL, hash, &part, &row) == 0);
  verger_contents_free(contents);
  verger_plan_free(plan);
}

static void test_part_schema(void) {
  verger_error error = {{0}};
  struct ArrowSchema schema;
  CHECK_OK(verger_part_schema(VERGER_FILE_PREPROCESSING, &schema, &error), &error);
  CHECK(strcmp(schema.format, "+s") == 0 && schema.n_children == 7);
  CHECK(strcmp(schema.children[0]->name, "path") == 0 && schema.children[0]->flags == 0);
  CHECK(strcmp(schema.children[2]->format, "+l") == 0);
  CHECK(schema.children[2]->flags == ARROW_FLAG_NULLABLE);
  CHECK(strcmp(schema.children[2]->children[0]->name, "element") == 0);
  CHECK(strcmp(schema.children[4]->format, "tsu:UTC") == 0);
  schema.release(&schema);
  CHECK_OK(verger_part_schema(VERGER_FILE_RESULTS, &schema, &error), &error);
  CHECK(schema.n_children == 4 && strcmp(schema.children[3]->name, "pca_features") == 0);
  schema.release(&schema);
  CHECK(schema.release == NULL);
  CHECK_FAILS(verger_part_schema(VERGER_FILE_PCA, &schema, &error), VERGER_BAD_CALL, &error,
              "file must be of a part");
  CHECK_FAILS(verger_part_schema(VERGER_FILE_RESULTS, NULL, &error), VERGER_BAD_CALL, &error,
              "schema must not be NULL");
}

void test_plan(void) {
  test_part_schema();
  test_order();
  test_rows_of_no_photo();
  test_contents();
}
