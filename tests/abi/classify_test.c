/* Features to moments of classes to a classifier to answers, and calls that are wrong. */
#include <stddef.h>
#include <string.h>

#include "abi/verger.h"
#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

static const float kRows[6][3] = {{1, 0, 3}, {1, 2, 3}, {2, 1, 3}, {9, 0, 1}, {8, 1, 0}, {9, 2, 1}};
static const char kLabels[] = "aaabbb";
static const char kPaths[] = "123456";

static const char kManifest[] =
    "{\"format\": \"verger-manifest\", \"version\": 2, \"photos\": \"p\", \"inputs\": 6,"
    " \"rows\": 6, \"labels\": 2, \"model\": {\"name\": \"m\", \"sha256\": \"aa\","
    " \"preset\": \"keras\", \"identity\": \"keras:224x224\", \"dimension\": 3},"
    " \"preprocessing\": [{\"name\": \"Preprocessing/part-00000.parquet\", \"bytes\": 1,"
    " \"sha256\": \"0000000000000000000000000000000000000000000000000000000000000000\","
    " \"rows\": 6, \"rejects\": 0, \"first\": \"1\", \"last\": \"6\"}],"
    " \"moments\": {\"name\": \"_verger/moments-00001.bin\", \"bytes\": 1, \"sha256\":"
    " \"1111111111111111111111111111111111111111111111111111111111111111\"},"
    " \"replaced\": [], \"rejects\": []}";

static verger_text text(const char* data) {
  const verger_text all = {data, strlen(data)};
  return all;
}

/* Rows with columns of text of a letter each. Points into itself: never copy one. */
typedef struct Rows {
  Batch features;
  Batch labels;
  Batch paths;
  struct ArrowArray* columns[3];
  struct ArrowSchema* schemas[3];
} Rows;

static const int32_t kLetters[] = {0, 1, 2, 3, 4, 5, 6};

/* Rows `begin` up to `end` of kRows. */
static void build(Rows* rows, int begin, int end) {
  const int64_t length = end - begin;
  rows_batch(&rows->features, length, 3, kRows[begin]);
  content_batch(&rows->labels, false, length, kLetters, kLabels + begin);
  rows->labels.column_schema.name = "label";
  content_batch(&rows->paths, false, length, kLetters, kPaths + begin);
  rows->paths.column_schema.name = "path";
  rows->columns[0] = &rows->features.column;
  rows->columns[1] = &rows->labels.column;
  rows->columns[2] = &rows->paths.column;
  rows->schemas[0] = &rows->features.column_schema;
  rows->schemas[1] = &rows->labels.column_schema;
  rows->schemas[2] = &rows->paths.column_schema;
  rows->features.array.n_children = rows->features.schema.n_children = 3;
  rows->features.array.children = rows->columns;
  rows->features.schema.children = rows->schemas;
}

static verger_class_moments* moments_of(int begin, int end) {
  verger_error error = {""};
  verger_class_moments* moments = NULL;
  Rows rows;
  build(&rows, begin, end);
  CHECK_OK(verger_class_moments_create(3, &moments, &error), &error);
  CHECK_OK(verger_class_moments_add(moments, &rows.features.array, &rows.features.schema, "none",
                                    &error),
           &error);
  CHECK(verger_class_moments_count(moments) == end - begin);
  return moments;
}

static void test_moments_of_classes(void) {
  verger_error error = {""};
  verger_class_moments* whole = moments_of(0, 6);
  verger_class_moments* left = moments_of(0, 4);
  verger_class_moments* right = moments_of(4, 6);
  verger_class_moments* loaded = NULL;
  verger_class_moments* other = NULL;
  CHECK_OK(verger_class_moments_merge(left, right, &error), &error);
  CHECK(verger_class_moments_count(left) == 6);
  CHECK_OK(verger_class_moments_subtract(left, right, &error), &error);
  CHECK(verger_class_moments_count(left) == 4);
  CHECK_FAILS(verger_class_moments_subtract(right, whole, &error), VERGER_BAD_CALL, &error, "");
  CHECK(verger_class_moments_count(right) == 2);

  verger_bytes bytes = {NULL, 0};
  verger_bytes again = {NULL, 0};
  CHECK_OK(verger_class_moments_save(whole, &bytes, &error), &error);
  CHECK_OK(verger_class_moments_load(bytes.data, bytes.size, &loaded, &error), &error);
  CHECK_OK(verger_class_moments_save(loaded, &again, &error), &error);
  CHECK(bytes.size == again.size && memcmp(bytes.data, again.data, bytes.size) == 0);
  for (size_t size = 0; size < bytes.size; ++size) {
    CHECK_FAILS(verger_class_moments_load(bytes.data, size, &other, &error), VERGER_BAD_FEATURES,
                &error, "");
  }
  CHECK_FAILS(verger_class_moments_load(NULL, 0, &other, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_class_moments_save(NULL, &bytes, &error), VERGER_BAD_CALL, &error, "NULL");
  verger_bytes_free(bytes);
  verger_bytes_free(again);

  Rows rows;
  build(&rows, 0, 6);
  const struct ArrowArray* array = &rows.features.array;
  CHECK_FAILS(verger_class_moments_add(whole, array, &rows.features.schema, "log", &error),
              VERGER_BAD_CALL, &error, "none or root");
  rows.labels.column_schema.name = "names";
  CHECK_FAILS(verger_class_moments_add(whole, array, &rows.features.schema, "none", &error),
              VERGER_BAD_CALL, &error, "no column 'label'");
  CHECK_FAILS(verger_class_moments_create(0, &other, &error), VERGER_BAD_CALL, &error, "65536");
  CHECK_OK(verger_class_moments_create(2, &other, &error), &error);
  build(&rows, 0, 6);
  CHECK_FAILS(verger_class_moments_add(other, array, &rows.features.schema, "none", &error),
              VERGER_BAD_FEATURES, &error, "where 2");
  CHECK_FAILS(verger_class_moments_merge(whole, other, &error), VERGER_BAD_CALL, &error,
              "one dimension");
  CHECK_FAILS(verger_class_moments_merge(whole, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK(verger_class_moments_count(whole) == 6);
  CHECK(verger_class_moments_count(other) == 0);
  verger_class_moments_free(other);
  verger_class_moments_free(loaded);
  verger_class_moments_free(right);
  verger_class_moments_free(left);
  verger_class_moments_free(whole);
}

/* By all rows of kRows, holding nothing out. */
static verger_classifier* trained(void) {
  verger_error error = {""};
  verger_training* training = NULL;
  verger_classifier* classifier = NULL;
  verger_train_options options = {0};
  options.struct_size = sizeof(options);
  options.transform = "none";
  options.shrinkage = 0.2;
  options.hold_nothing_out = 1;
  CHECK_OK(verger_training_create(text(kManifest), &options, &training, &error), &error);
  for (int begin = 0; begin < 6; begin += 3) {
    Rows rows;
    build(&rows, begin, begin + 3);
    CHECK_OK(verger_training_add(training, &rows.features.array, &rows.features.schema, &error),
             &error);
  }
  CHECK_OK(verger_training_finish(training, NULL, &classifier, &error), &error);
  verger_training_free(training);
  return classifier;
}

/* Whether a description holds `part`. */
static bool summary_has(const verger_classifier* classifier, const char* part) {
  verger_error error = {""};
  verger_bytes json = {NULL, 0};
  char all[4096] = "";
  CHECK_OK(verger_classifier_describe(classifier, &json, &error), &error);
  CHECK(json.size < sizeof(all));
  if (json.size < sizeof(all)) memcpy(all, json.data, json.size);
  verger_bytes_free(json);
  return strstr(all, part) != NULL;
}

static void test_training(void) {
  verger_error error = {""};
  verger_classifier* classifier = trained();
  CHECK(summary_has(classifier, "{\"label\":\"a\",\"photos\":3},{\"label\":\"b\",\"photos\":3}"));

  /* The same from moments, to the last bits. */
  verger_class_moments* moments = moments_of(0, 6);
  verger_classifier* fitted = NULL;
  CHECK_OK(verger_classifier_fit(moments, text(kManifest), NULL, "none", 0.2, &fitted, &error),
           &error);
  CHECK(summary_has(fitted, "\"shrinkage\":0.2"));
  CHECK_FAILS(verger_classifier_fit(moments, text("{}"), NULL, "none", 0.2, &fitted, &error),
              VERGER_BAD_OUTPUT, &error, "manifest");
  CHECK_FAILS(verger_classifier_fit(moments, text(kManifest), NULL, "none", 2, &fitted, &error),
              VERGER_BAD_CALL, &error, "from 0 to 1");
  verger_class_moments* one_label = moments_of(0, 3);
  CHECK_FAILS(verger_classifier_fit(one_label, text(kManifest), NULL, "none", 0.2, &fitted, &error),
              VERGER_BAD_FEATURES, &error, "two labels");
  verger_class_moments_free(one_label);
  verger_class_moments_free(moments);
  verger_classifier_free(fitted);

  verger_training* training = NULL;
  verger_train_options options = {0};
  options.struct_size = sizeof(options);
  options.method = "forest";
  CHECK_FAILS(verger_training_create(text(kManifest), &options, &training, &error), VERGER_BAD_CALL,
              &error, "relative, lda or logistic");
  options.method = NULL;
  options.column = "pca_features";
  CHECK_FAILS(verger_training_create(text(kManifest), &options, &training, &error), VERGER_BAD_CALL,
              &error, "verger reduce");
  options.column = NULL;
  CHECK_FAILS(verger_training_create(text("no manifest"), &options, &training, &error),
              VERGER_BAD_OUTPUT, &error, "manifest");
  CHECK(training == NULL);
  CHECK_OK(verger_training_create(text(kManifest), &options, &training, &error), &error);
  Batch narrow;
  rows_batch(&narrow, 1, 2, kRows[0]);
  CHECK_FAILS(verger_training_add(training, &narrow.array, &narrow.schema, &error), VERGER_BAD_CALL,
              &error, "no column 'path'");
  verger_classifier* none = NULL;
  CHECK_FAILS(verger_training_finish(training, NULL, &none, &error), VERGER_BAD_FEATURES, &error,
              "two labels");
  CHECK(none == NULL);
  verger_training_free(training);
  verger_classifier_free(classifier);
}

static void test_saved_classifier(void) {
  verger_error error = {""};
  verger_classifier* classifier = trained();
  verger_classifier* loaded = NULL;
  verger_bytes bytes = {NULL, 0};
  verger_bytes again = {NULL, 0};
  CHECK_OK(verger_classifier_save(classifier, &bytes, &error), &error);
  CHECK_OK(verger_classifier_load(bytes.data, bytes.size, "c", &loaded, &error), &error);
  CHECK_OK(verger_classifier_save(loaded, &again, &error), &error);
  CHECK(bytes.size == again.size && memcmp(bytes.data, again.data, bytes.size) == 0);
  verger_classifier_free(loaded);
  loaded = NULL;
  for (size_t size = 0; size < bytes.size; ++size) {
    CHECK_FAILS(verger_classifier_load(bytes.data, size, "my file", &loaded, &error),
                VERGER_BAD_FEATURES, &error, "my file");
  }
  CHECK(loaded == NULL);
  verger_bytes_free(bytes);
  verger_bytes_free(again);

  verger_bytes note = {NULL, 0};
  CHECK_OK(verger_classifier_check(classifier, text(kManifest), &note, &error), &error);
  CHECK(note.size == 0);
  verger_bytes_free(note);
  char other[sizeof(kManifest)];
  memcpy(other, kManifest, sizeof(other));
  *strstr(other, "\"aa\"") = ' ';
  memcpy(strstr(other, "aa\""), "\"b", 2);
  CHECK_FAILS(verger_classifier_check(classifier, text(other), &note, &error), VERGER_BAD_MODEL,
              &error, "train again");
  CHECK_OK(verger_classifier_check_teachable(classifier, &error), &error);
  CHECK_FAILS(verger_classifier_check_teachable(NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  verger_classifier_free(classifier);
}

static void test_answers(void) {
  verger_error error = {""};
  verger_classifier* classifier = trained();
  Batch batch;
  struct ArrowArray array;
  struct ArrowSchema schema;
  const uint8_t but_the_second[] = {0x3D};
  rows_batch(&batch, 6, 3, kRows[0]);
  set_validity(&batch, but_the_second, 1);
  CHECK_OK(verger_classify(classifier, 1, &batch.array, &batch.schema, &array, &schema, &error),
           &error);
  CHECK(array.length == 6);
  const struct ArrowArray* label = column_of(&array, &schema, "label");
  const struct ArrowArray* share = column_of(&array, &schema, "probability");
  CHECK(label != NULL && share != NULL);
  for (int row = 0; label != NULL && share != NULL && row < 6; ++row) {
    CHECK(is_null(label, row) == (row == 1));
    if (row == 1) continue;
    const int32_t* ends = (const int32_t*)label->buffers[1];
    CHECK(((const char*)label->buffers[2])[ends[row]] == kLabels[row]);
    CHECK(((const double*)share->buffers[1])[row] > 0.9);
  }
  for (int child = 0; child < 7; ++child) {
    const char* const names[] = {"label", "probability",       "unknown", "set",
                                 "top",   "top_probabilities", "novelty"};
    CHECK(schema.n_children == 7 && strcmp(schema.children[child]->name, names[child]) == 0);
  }
  array.release(&array);
  schema.release(&schema);

  rows_batch(&batch, 1, 2, kRows[0]);
  CHECK_FAILS(verger_classify(classifier, 1, &batch.array, &batch.schema, &array, NULL, &error),
              VERGER_BAD_FEATURES, &error, "where 3");
  rows_batch(&batch, 1, 3, kRows[0]);
  CHECK_FAILS(verger_classify(classifier, 0, &batch.array, &batch.schema, &array, NULL, &error),
              VERGER_BAD_CALL, &error, "top");
  CHECK_OK(verger_classify(classifier, 9, &batch.array, &batch.schema, &array, NULL, &error),
           &error);
  array.release(&array);
  verger_classifier_free(classifier);
}

static void test_teaching(void) {
  verger_error error = {""};
  verger_classifier* classifier = trained();
  verger_classifier* taught = NULL;
  verger_classifier* rest = NULL;
  const float far[2][3] = {{-5, 9, 4}, {-6, 8, 5}};
  Batch batch;
  rows_batch(&batch, 2, 3, far[0]);
  CHECK_OK(
      verger_classifier_teach(classifier, text("c"), &batch.array, &batch.schema, &taught, &error),
      &error);
  CHECK(summary_has(taught, "{\"label\":\"c\",\"photos\":2}"));
  CHECK(summary_has(taught, "\"taught_labels\":[\"c\",\"c\"]"));
  CHECK(!summary_has(classifier, "\"c\""));
  CHECK_OK(verger_classifier_unteach(taught, text("c"), &rest, &error), &error);
  CHECK(!summary_has(rest, "\"c\""));
  verger_classifier_free(rest);
  rest = NULL;
  CHECK_FAILS(verger_classifier_unteach(taught, text("a"), &rest, &error), VERGER_BAD_CALL, &error,
              "no taught photos");
  CHECK_FAILS(
      verger_classifier_teach(classifier, text(""), &batch.array, &batch.schema, &rest, &error),
      VERGER_BAD_CALL, &error, "give its name");
  rows_batch(&batch, 0, 3, NULL);
  CHECK_FAILS(
      verger_classifier_teach(classifier, text("d"), &batch.array, &batch.schema, &rest, &error),
      VERGER_BAD_CALL, &error, "photos");
  CHECK(rest == NULL);
  verger_classifier_free(taught);
  verger_classifier_free(classifier);
}

void test_classify(void) {
  test_moments_of_classes();
  test_training();
  test_saved_classifier();
  test_answers();
  test_teaching();
}
