/* Models compared on a sample of photos. */
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
enum { kPngSize = sizeof(kPng), kPhotos = 8, kColumns = 3 };

/* `content`, `path` and `label` of some photos, all of one content. */
typedef struct Sample {
  struct ArrowArray array;
  struct ArrowArray columns[kColumns];
  struct ArrowSchema schema;
  struct ArrowSchema column_schemas[kColumns];
  struct ArrowArray* children[kColumns];
  struct ArrowSchema* child_schemas[kColumns];
  const void* no_buffer[1];
  const void* buffers[kColumns][3];
  uint8_t content[kPhotos * kPngSize];
  int32_t ends[kColumns][kPhotos + 1];
} Sample;

/* Borrowed: released by none of the calls. */
static void release_array(struct ArrowArray* array) {
  array->release = NULL;
  ++batch_releases;
}
static void release_schema(struct ArrowSchema* schema) {
  schema->release = NULL;
  ++batch_releases;
}

static void make_sample(Sample* sample, int32_t bytes_of_photo) {
  static const char* const kFormats[] = {"z", "u", "u"};
  static const char* const kNames[] = {"content", "path", "label"};
  static const char kPaths[] = "A/0.pngA/1.pngA/2.pngA/3.pngB/0.pngB/1.pngB/2.pngB/3.png";
  static const char kLabels[] = "AAAABBBB";
  const void* const data[] = {sample->content, kPaths, kLabels};
  const int32_t sizes[] = {bytes_of_photo, 7, 1};
  memset(sample, 0, sizeof(*sample));
  for (int photo = 0; photo < kPhotos; ++photo) {
    memcpy(sample->content + photo * bytes_of_photo, kPng, (size_t)bytes_of_photo);
  }
  for (int column = 0; column < kColumns; ++column) {
    for (int32_t end = 0; end <= kPhotos; ++end) sample->ends[column][end] = end * sizes[column];
    sample->buffers[column][1] = sample->ends[column];
    sample->buffers[column][2] = data[column];
    sample->columns[column].length = kPhotos;
    sample->columns[column].n_buffers = 3;
    sample->columns[column].buffers = sample->buffers[column];
    sample->column_schemas[column].format = kFormats[column];
    sample->column_schemas[column].name = kNames[column];
    sample->columns[column].release = release_array;
    sample->column_schemas[column].release = release_schema;
    sample->children[column] = &sample->columns[column];
    sample->child_schemas[column] = &sample->column_schemas[column];
  }
  sample->array.release = release_array;
  sample->schema.release = release_schema;
  sample->array.length = kPhotos;
  sample->array.n_buffers = 1;
  sample->array.buffers = sample->no_buffer;
  sample->array.n_children = kColumns;
  sample->array.children = sample->children;
  sample->schema.format = "+s";
  sample->schema.name = "";
  sample->schema.n_children = kColumns;
  sample->schema.children = sample->child_schemas;
}

/* Stops at the second step; `user` counts them. */
static int32_t stop_at_two(void* user, int64_t done, int64_t total) {
  int* const steps = user;
  CHECK(done == *steps + 1 && total >= done);
  return ++*steps == 2;
}

static bool has(verger_bytes report, const char* part) {
  const size_t size = strlen(part);
  for (size_t at = 0; at + size <= report.size; ++at) {
    if (memcmp(report.data + at, part, size) == 0) return true;
  }
  return false;
}

void test_tune(void) {
  verger_error error = {""};
  verger_model* fp32 = NULL;
  verger_model* int8 = NULL;
  verger_model_options choice = {.struct_size = sizeof(choice), .precision = "int8"};
  CHECK_OK(verger_model_embedded(NULL, NULL, &fp32, &error), &error);
  CHECK_OK(verger_model_embedded(NULL, &choice, &int8, &error), &error);
  const verger_model* const models[] = {fp32, int8, NULL};
  if (fp32 == NULL || int8 == NULL) return;

  static Sample sample;
  make_sample(&sample, kPngSize);
  verger_bytes report = {NULL, 0};
  verger_tune_options options = {.struct_size = sizeof(options), .threads = 1};
  CHECK_OK(verger_tune(models, 2, &sample.array, &sample.schema, &options, &report, &error),
           &error);
  CHECK(has(report, "\"precision\":\"int8\"") && has(report, "\"photos\":8"));
  CHECK(has(report, "\"why\":") && has(report, "\"labels\":2") && has(report, "\"groups\":8"));
  verger_bytes_free(report);

  options.work = 1; /* nothing to choose for */
  CHECK_OK(verger_tune(models, 2, &sample.array, &sample.schema, &options, &report, &error),
           &error);
  CHECK(has(report, "\"short_work\":true") && has(report, "\"taken\":0"));
  verger_bytes_free(report);

  const verger_bytes untouched = {kPng, 1};
  report = untouched;
  int steps = 0;
  options.work = 0;
  options.progress.step = stop_at_two;
  options.progress.user = &steps;
  CHECK_FAILS(verger_tune(models, 2, &sample.array, &sample.schema, &options, &report, &error),
              VERGER_STOPPED, &error, "stopped");
  CHECK(steps == 2);
  options.progress.step = NULL;
  CHECK_FAILS(verger_tune(models, 3, &sample.array, &sample.schema, &options, &report, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_tune(models, 0, &sample.array, &sample.schema, &options, &report, &error),
              VERGER_BAD_CALL, &error, "at least one model");
  CHECK_FAILS(verger_tune(models, 2, &sample.array, &sample.schema, &options, NULL, &error),
              VERGER_BAD_CALL, &error, "NULL");
  options.seconds = -1;
  CHECK_FAILS(verger_tune(models, 2, &sample.array, &sample.schema, &options, &report, &error),
              VERGER_BAD_CALL, &error, "seconds");
  sample.column_schemas[1].name = "name";
  CHECK_FAILS(verger_tune(models, 2, &sample.array, &sample.schema, NULL, &report, &error),
              VERGER_BAD_CALL, &error, "path");
  make_sample(&sample, kPngSize / 2);
  CHECK_FAILS(verger_tune(models, 1, &sample.array, &sample.schema, NULL, &report, &error),
              VERGER_BAD_CALL, &error, "no photo of the sample");
  CHECK(report.data == untouched.data);
  verger_model_free(int8);
  verger_model_free(fp32);
}
