/* The report: an output without a PCA, of one photo, given in by hand. */
#include <string.h>

#include "abi/verger.h"
#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

#define HASH "0000000000000000000000000000000000000000000000000000000000000000"

static const char kManifest[] =
    "{\"format\": \"verger-manifest\", \"version\": 2, \"photos\": \"/orchard\", \"path_mode\": "
    "\"plain\", \"inputs\": 1, \"rows\": 1, \"labels\": 1, \"model\": {\"name\": \"m\", "
    "\"sha256\": \"" HASH
    "\", \"preset\": \"keras\", \"identity\": \"i\", \"dimension\": 2}, \"preprocessing\": "
    "[{\"name\": \"Preprocessing/part-00000.parquet\", \"bytes\": 1, \"sha256\": \"" HASH
    "\", \"rows\": 1, \"rejects\": 0, \"first\": \"a.jpg\", \"last\": \"a.jpg\"}], \"moments\": "
    "{\"name\": \"_verger/moments-000001.bin\", \"bytes\": 1, \"sha256\": \"" HASH
    "\"}, \"replaced\": [], \"rejects\": []}";

enum { kColumns = 5 };

/* One row: a.jpg of label a.jpg, 7 bytes. Points into itself: never copy one. */
typedef struct Row {
  struct ArrowArray array;
  struct ArrowSchema schema;
  struct ArrowArray columns[kColumns];
  struct ArrowSchema column_schemas[kColumns];
  struct ArrowArray* children[kColumns];
  struct ArrowSchema* child_schemas[kColumns];
  const void* none[1];
  const void* buffers[kColumns][3];
} Row;

static const char* const kNames[kColumns] = {"path", "label", "error", "size", "modified"};
static const int32_t kPath[2] = {0, 5};
static const int32_t kEmpty[2] = {0, 0};
static const int64_t kSeven[1] = {7};

/* Borrowed: released by no call under test. */
static void release_row(struct ArrowArray* array) {
  (void)array;
  CHECK(false);
}
static void release_schema(struct ArrowSchema* schema) {
  (void)schema;
  CHECK(false);
}

static void one_row(Row* row, int columns) {
  memset(row, 0, sizeof(*row));
  for (int i = 0; i < columns; ++i) {
    const bool number = i >= 3;
    row->buffers[i][1] = number ? (const void*)kSeven : (i == 2 ? kEmpty : kPath);
    row->buffers[i][2] = "a.jpg";
    row->columns[i].length = 1;
    row->columns[i].n_buffers = number ? 2 : 3;
    row->columns[i].buffers = row->buffers[i];
    row->column_schemas[i].format = number ? "l" : "u";
    row->column_schemas[i].name = kNames[i];
    row->children[i] = &row->columns[i];
    row->child_schemas[i] = &row->column_schemas[i];
  }
  row->array.length = 1;
  row->array.n_buffers = 1;
  row->array.buffers = row->none;
  row->array.n_children = columns;
  row->array.children = row->children;
  row->schema.format = "+s";
  row->schema.n_children = columns;
  row->schema.children = row->child_schemas;
  row->array.release = release_row;
  row->schema.release = release_schema;
}

static verger_text text(const char* from) {
  verger_text borrowed = {from, strlen(from)};
  return borrowed;
}

static verger_report* new_report(void) {
  verger_error error = {""};
  verger_report* report = NULL;
  verger_report_options options = {sizeof(options), 3, {NULL, 0}};
  CHECK_OK(verger_report_create(text(kManifest), text(""), &options, &report, &error), &error);
  return report;
}

static void test_page(void) {
  verger_error error = {""};
  Row row;
  one_row(&row, kColumns);
  verger_report* report = new_report();
  verger_bytes page = {NULL, 0};
  CHECK_FAILS(verger_report_finish(report, &page, &error), VERGER_BAD_CALL, &error, "parts");
  CHECK(page.data == NULL);
  CHECK_OK(verger_report_add_part(report, text("one"), &row.array, &row.schema, NULL, NULL, &error),
           &error);
  verger_duplicates_options options = {sizeof(options), 1, 0, 0, 0};
  CHECK(verger_report_needs_duplicates(report, &options) == 1);
  CHECK(options.near_pairs == 0); /* without Results there are none */
  CHECK_OK(verger_report_add_section(report, "evaluation", text("{\"accuracy\": 0.5}"), &error),
           &error);

  struct ArrowArray photos;
  struct ArrowSchema schema;
  CHECK_OK(verger_report_thumbnail_photos(report, &photos, &schema, &error), &error);
  CHECK(photos.length == 1);
  const struct ArrowArray* sizes = column_of(&photos, &schema, "size");
  CHECK(sizes != NULL && ((const int64_t*)sizes->buffers[1])[0] == 7);
  photos.release(&photos);
  schema.release(&schema);

  row.column_schemas[1].name = "content"; /* of the label's bytes: no photo, so no thumbnail */
  row.column_schemas[1].format = "z";
  CHECK_OK(verger_report_add_photos(report, &row.array, &row.schema, &error), &error);
  CHECK_OK(verger_report_finish(report, &page, &error), &error);
  CHECK(page.size > 10000);
  CHECK(memcmp(page.data, "<!doctype html>", 15) == 0);
  verger_bytes_free(page);
  verger_report_free(report);
}

static void test_wrong_calls(void) {
  verger_error error = {""};
  verger_report* report = NULL;
  CHECK_FAILS(verger_report_create(text("{}"), text(""), NULL, &report, &error), VERGER_BAD_OUTPUT,
              &error, "manifest");
  CHECK(report == NULL);
  CHECK_FAILS(verger_report_create(text(kManifest), text(""), NULL, NULL, &error), VERGER_BAD_CALL,
              &error, "report");
  report = new_report();
  Row row;
  one_row(&row, 2); /* path and label alone */
  CHECK_FAILS(
      verger_report_add_part(report, text("one"), &row.array, &row.schema, NULL, NULL, &error),
      VERGER_BAD_CALL, &error, "error");
  CHECK_FAILS(verger_report_add_section(report, "x", text("no JSON"), &error), VERGER_BAD_CALL,
              &error, "section x");
  CHECK_FAILS(verger_report_add_section(report, NULL, text("{}"), &error), VERGER_BAD_CALL, &error,
              "name");
  CHECK_FAILS(verger_report_finish(NULL, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  verger_report_free(report);
  verger_report_free(NULL);
}

void test_report(void) {
  CHECK(strcmp(verger_report_name(), "report.html") == 0);
  test_page();
  test_wrong_calls();
}
