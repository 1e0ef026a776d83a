/* An output is evaluated, as a caller in C does it, and what he may get wrong. */
#include <stdio.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

enum { kRows = 48, kDimension = 2, kColumns = 3 };

#define DIGEST "60bbb28469d67fbc769dcfaad2b4b428b7777216ce70bc68d184651225ac5276"

static const char kManifest[] =
    "{\"format\":\"verger-manifest\",\"version\":2,\"photos\":\"/photos\",\"path_mode\":\"plain\","
    "\"inputs\":48,\"rows\":48,\"labels\":2,"
    "\"model\":{\"name\":\"m\",\"sha256\":\"" DIGEST
    "\",\"preset\":\"keras\",\"identity\":\"%s\","
    "\"dimension\":2,\"precision\":\"fp32\"},"
    "\"preprocessing\":[{\"name\":\"Preprocessing/part-00000.parquet\",\"bytes\":1,\"sha256\":"
    "\"" DIGEST
    "\",\"rows\":48,\"rejects\":0,\"first\":\"a\",\"last\":\"b\"}],"
    "\"moments\":{\"name\":\"_verger/moments-00000001.bin\",\"bytes\":1,\"sha256\":\"" DIGEST
    "\"},"
    "\"replaced\":[],\"rejects\":[]}";

/* Path, label and features of rows. Points into itself: never copy one. */
typedef struct Rows {
  Batch features;
  struct ArrowArray array;
  struct ArrowArray texts[2];
  struct ArrowSchema schema;
  struct ArrowSchema text_schemas[2];
  struct ArrowArray* children[kColumns];
  struct ArrowSchema* child_schemas[kColumns];
  const void* no_buffer[1];
  const void* buffers[2][3];
  char paths[kRows * 9 + 1];
  char labels[kRows + 1];
  int32_t ends[2][kRows + 1];
  float values[kRows * kDimension];
} Rows;

static void release_array(struct ArrowArray* array) {
  array->release = NULL;
  ++batch_releases;
}
static void release_schema(struct ArrowSchema* schema) {
  schema->release = NULL;
  ++batch_releases;
}

/* Two labels apart, of two series each. */
static void make_rows(Rows* rows) {
  memset(rows, 0, sizeof(*rows));
  for (int row = 0; row < kRows; ++row) {
    const bool second = row >= kRows / 2;
    snprintf(rows->paths + row * 9, 10, "%c/%c%02d.jpg", second ? 'B' : 'A', row % 2 ? 'x' : 'y',
             row % 24);
    rows->labels[row] = second ? 'B' : 'A';
    rows->values[2 * row] = (second ? 5.0F : 1.0F) + 0.1F * (float)(row % 7);
    rows->values[2 * row + 1] = (second ? 1.0F : 5.0F) + 0.1F * (float)(row % 5);
  }
  rows_batch(&rows->features, kRows, kDimension, rows->values);
  for (int32_t row = 0; row <= kRows; ++row) {
    rows->ends[0][row] = 9 * row;
    rows->ends[1][row] = row;
  }
  const void* const data[] = {rows->paths, rows->labels};
  static const char* const kNames[] = {"path", "label"};
  for (int i = 0; i < 2; ++i) {
    rows->buffers[i][1] = rows->ends[i];
    rows->buffers[i][2] = data[i];
    rows->texts[i].length = kRows;
    rows->texts[i].n_buffers = 3;
    rows->texts[i].buffers = rows->buffers[i];
    rows->texts[i].release = release_array;
    rows->text_schemas[i].format = "u";
    rows->text_schemas[i].name = kNames[i];
    rows->text_schemas[i].release = release_schema;
    rows->children[i] = &rows->texts[i];
    rows->child_schemas[i] = &rows->text_schemas[i];
  }
  rows->children[2] = &rows->features.column;
  rows->child_schemas[2] = &rows->features.column_schema;
  rows->array.length = kRows;
  rows->array.n_buffers = 1;
  rows->array.buffers = rows->no_buffer;
  rows->array.n_children = kColumns;
  rows->array.children = rows->children;
  rows->array.release = release_array;
  rows->schema.format = "+s";
  rows->schema.name = "";
  rows->schema.n_children = kColumns;
  rows->schema.children = rows->child_schemas;
  rows->schema.release = release_schema;
}

static bool has(verger_bytes text, const char* part) {
  const size_t size = strlen(part);
  for (size_t at = 0; at + size <= text.size; ++at) {
    if (memcmp(text.data + at, part, size) == 0) return true;
  }
  return false;
}

static int32_t stop(void* user, int64_t done, int64_t total) {
  (void)done;
  (void)total;
  ++*(int*)user;
  return 1;
}

void test_evaluate(void) {
  verger_error error = {""};
  verger_evaluation* evaluation = NULL;
  char text[sizeof(kManifest) + 32];
  char other[sizeof(kManifest) + 32];
  snprintf(text, sizeof(text), kManifest, "keras:224x224");
  snprintf(other, sizeof(other), kManifest, "keras:96x96");
  const verger_text manifest = {text, strlen(text)};
  const verger_text none = {NULL, 0};
  verger_evaluate_options options = {
      .struct_size = sizeof(options), .transform = "none", .shrinkage = 0.2};
  static Rows rows;
  make_rows(&rows);

  CHECK_OK(verger_evaluation_create(manifest, none, &options, &evaluation, &error), &error);
  if (evaluation == NULL) return;
  CHECK_OK(verger_evaluation_add(evaluation, 0, &rows.array, &rows.schema, &error), &error);
  CHECK_FAILS(verger_evaluation_add(evaluation, 1, &rows.array, &rows.schema, &error),
              VERGER_BAD_CALL, &error, "no output to test on");
  struct ArrowArray photos;
  struct ArrowSchema schema;
  CHECK_OK(verger_evaluation_border_photos(evaluation, &photos, &schema, &error), &error);
  CHECK(photos.length == kRows && column_of(&photos, &schema, "path") != NULL);
  photos.release(&photos);
  schema.release(&schema);
  CHECK_FAILS(verger_evaluation_add(evaluation, 0, &rows.array, &rows.schema, &error),
              VERGER_BAD_CALL, &error, "before the photos");
  const verger_text reason = {"they are gone", 13};
  CHECK_OK(verger_evaluation_no_photos(evaluation, reason, &error), &error);
  CHECK_FAILS(verger_evaluation_add_photos(evaluation, &rows.array, &rows.schema, &error),
              VERGER_BAD_CALL, &error, "content");
  verger_bytes json = {NULL, 0};
  verger_bytes screen = {NULL, 0};
  CHECK_OK(verger_evaluation_finish(evaluation, &json, &screen, &error), &error);
  CHECK(has(json, "\"honest\"") && has(json, "they are gone"));
  CHECK(has(screen, "NAIVE") && has(screen, "Honest: "));
  verger_bytes_free(json);
  verger_bytes_free(screen);
  verger_evaluation_free(evaluation);

  int steps = 0;
  options.progress.step = stop;
  options.progress.user = &steps;
  CHECK_OK(verger_evaluation_create(manifest, manifest, &options, &evaluation, &error), &error);
  CHECK_OK(verger_evaluation_add(evaluation, 0, &rows.array, &rows.schema, &error), &error);
  CHECK_OK(verger_evaluation_add(evaluation, 1, &rows.array, &rows.schema, &error), &error);
  CHECK_FAILS(verger_evaluation_finish(evaluation, &json, &screen, &error), VERGER_STOPPED, &error,
              "stopped");
  CHECK(steps == 1);
  CHECK_FAILS(verger_evaluation_finish(evaluation, NULL, &screen, &error), VERGER_BAD_CALL, &error,
              "NULL");
  verger_evaluation_free(evaluation);
  verger_evaluation_free(NULL);

  const verger_text smaller = {other, strlen(other)};
  CHECK_FAILS(verger_evaluation_create(manifest, smaller, &options, &evaluation, &error),
              VERGER_BAD_MODEL, &error, "--test");
  CHECK_FAILS(verger_evaluation_create(none, none, &options, &evaluation, &error),
              VERGER_BAD_OUTPUT, &error, "manifest");
  options.method = "forest";
  CHECK_FAILS(verger_evaluation_create(manifest, none, &options, &evaluation, &error),
              VERGER_BAD_CALL, &error, "lda or logistic");
  options.method = NULL;
  options.label_level = -1;
  CHECK_FAILS(verger_evaluation_create(manifest, none, &options, &evaluation, &error),
              VERGER_BAD_CALL, &error, "label level -1");
  options.label_level = 0;
  options.label_table = (verger_text){"Gala", 4};
  CHECK_FAILS(verger_evaluation_create(manifest, none, &options, &evaluation, &error),
              VERGER_BAD_CALL, &error, "table of labels, line 1");
  CHECK_FAILS(verger_evaluation_create(manifest, none, NULL, NULL, &error), VERGER_BAD_CALL, &error,
              "NULL");
}
