/* A classifier as the app's files, and photos of its labels as one picture. */
#include <string.h>

#include "abi/verger.h"
#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

static const float kRows[4][2] = {{1, 0}, {1, 2}, {9, 1}, {8, 3}};
static const int32_t kLetters[] = {0, 1, 2, 3, 4};
static const char kManifest[] =
    "{\"format\": \"verger-manifest\", \"version\": 2, \"photos\": \"p\", \"inputs\": 4,"
    " \"rows\": 4, \"labels\": 2, \"model\": {\"name\": \"m\", \"sha256\": \"aa\","
    " \"preset\": \"keras\", \"identity\": \"keras:224x224\", \"dimension\": 2},"
    " \"preprocessing\": [{\"name\": \"Preprocessing/part-00000.parquet\", \"bytes\": 1,"
    " \"sha256\": \"0000000000000000000000000000000000000000000000000000000000000000\","
    " \"rows\": 4, \"rejects\": 0, \"first\": \"1\", \"last\": \"4\"}],"
    " \"moments\": {\"name\": \"_verger/moments-00001.bin\", \"bytes\": 1, \"sha256\":"
    " \"1111111111111111111111111111111111111111111111111111111111111111\"},"
    " \"replaced\": [], \"rejects\": []}";

/* Of labels a and b. */
static verger_classifier* fitted(void) {
  verger_error error = {""};
  verger_class_moments* moments = NULL;
  verger_classifier* classifier = NULL;
  Batch features;
  Batch labels;
  rows_batch(&features, 4, 2, kRows[0]);
  content_batch(&labels, false, 4, kLetters, "aabb");
  labels.column_schema.name = "label";
  struct ArrowArray* columns[2] = {&features.column, &labels.column};
  struct ArrowSchema* schemas[2] = {&features.column_schema, &labels.column_schema};
  features.array.n_children = features.schema.n_children = 2;
  features.array.children = columns;
  features.schema.children = schemas;
  CHECK_OK(verger_class_moments_create(2, &moments, &error), &error);
  CHECK_OK(verger_class_moments_add(moments, &features.array, &features.schema, "none", &error),
           &error);
  const verger_text manifest = {kManifest, sizeof(kManifest) - 1};
  CHECK_OK(verger_classifier_fit(moments, manifest, NULL, "none", 0.2, &classifier, &error),
           &error);
  verger_class_moments_free(moments);
  return classifier;
}

static void test_files(const verger_classifier* classifier) {
  verger_error error = {""};
  verger_bytes file = {NULL, 0};
  verger_bytes covariance = {NULL, 0};
  CHECK_OK(verger_app_classifier(classifier, NULL, VERGER_SCORES_CENTRED, &file, &error), &error);
  CHECK(file.size > 100 && memcmp(file.data, "verger app classifier 1\n", 24) == 0);
  CHECK_OK(verger_app_covariance(classifier, file.data, file.size, &covariance, &error), &error);
  /* A line, its check, that of the file, two deviations, two means, one correlation. */
  CHECK(covariance.size == 24 + 4 + 4 + 8 + 8 + 2);
  CHECK_FAILS(verger_app_classifier(NULL, NULL, VERGER_SCORES_CENTRED, &file, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_app_covariance(classifier, NULL, 0, &covariance, &error), VERGER_BAD_CALL,
              &error, "NULL");
  verger_bytes_free(covariance);
  verger_bytes_free(file);
}

static void test_samples(const verger_classifier* classifier) {
  verger_error error = {""};
  verger_app_samples* samples = NULL;
  verger_app_samples_options options = {sizeof(options), 8, 0};
  CHECK_FAILS(verger_app_samples_create(classifier, &options, &samples, &error), VERGER_BAD_CALL,
              &error, "from 16 to 512");
  CHECK_OK(verger_app_samples_create(classifier, NULL, &samples, &error), &error);
  Batch features;
  rows_batch(&features, 4, 2, kRows[0]);
  CHECK_FAILS(verger_app_samples_add_rows(samples, &features.array, &features.schema, &error),
              VERGER_BAD_CALL, &error, "no column 'path'");
  struct ArrowArray photos;
  struct ArrowSchema schema;
  CHECK_OK(verger_app_samples_photos(samples, &photos, &schema, &error), &error);
  CHECK(photos.length == 0);
  photos.release(&photos);
  schema.release(&schema);
  verger_bytes webp = {NULL, 0};
  verger_bytes json = {NULL, 0};
  static const char kNone[] = "{\"tile\":96,\"columns\":1,\"labels\":[[],[]]}";
  CHECK_OK(verger_app_samples_finish(samples, &webp, &json, &error), &error);
  CHECK(webp.size == 0);
  CHECK(json.size == sizeof(kNone) - 1 && memcmp(json.data, kNone, json.size) == 0);
  verger_bytes_free(webp);
  verger_bytes_free(json);
  verger_app_samples_free(samples);
  verger_app_samples_free(NULL);
}

void test_app(void) {
  verger_classifier* classifier = fitted();
  test_files(classifier);
  test_samples(classifier);
  verger_classifier_free(classifier);
}
