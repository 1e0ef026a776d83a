/* Moments to PCA, features to pca_features. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

/* Around (10, 20): 2 along (3, 4) / 5 and 1 across it, so every number below is known by hand. */
static const float kRows[4][2] = {{11.2f, 21.6f}, {8.8f, 18.4f}, {9.2f, 20.6f}, {10.8f, 19.4f}};

static verger_moments* moments_of_rows(void) {
  verger_error error = {""};
  verger_moments* moments = NULL;
  Batch batch;
  rows_batch(&batch, 4, 2, kRows[0]);
  CHECK_OK(verger_moments_create(2, &moments, &error), &error);
  CHECK_OK(verger_moments_add(moments, &batch.array, &batch.schema, &error), &error);
  return moments;
}

static verger_pca* fit(int32_t components, double share) {
  verger_error error = {""};
  verger_moments* moments = moments_of_rows();
  verger_pca* pca = NULL;
  const verger_pca_options options = {sizeof(options), components, share, "a", "b", "c", 0};
  CHECK_OK(verger_pca_fit(moments, &options, &pca, &error), &error);
  verger_moments_free(moments); /* handles may be freed in any order */
  return pca;
}

static bool near(float value, double expected) { return fabs(value - expected) < 1e-5; }

/* Scores of kRows, of which row 1 is marked null. */
static void check_scores(const verger_pca* pca, verger_scores kind, double first, double second) {
  verger_error error = {""};
  Batch batch;
  struct ArrowArray scores;
  struct ArrowSchema schema;
  const uint8_t not_second[] = {0x0D};
  rows_batch(&batch, 4, 2, kRows[0]);
  set_validity(&batch, not_second, 1);
  CHECK_OK(verger_pca_project(pca, kind, &batch.array, &batch.schema, &scores, &schema, &error),
           &error);
  CHECK(scores.length == 4 && strcmp(schema.format, "+s") == 0);
  const struct ArrowArray* column = column_of(&scores, &schema, "pca_features");
  CHECK(column != NULL && column->length == 4 && column->null_count == 1);
  if (column == NULL) return;
  CHECK(!is_null(column, 0) && is_null(column, 1) && !is_null(column, 2) && !is_null(column, 3));
  int length = 0;
  const float* row = list_at(column, 0, &length);
  CHECK(length == 2 && near(row[0], first) && near(row[1], second));
  list_at(column, 1, &length);
  CHECK(length == 0);
  scores.release(&scores);
  CHECK(scores.release == NULL);
  schema.release(&schema);
  CHECK(schema.release == NULL);
}

static void test_scores(void) {
  verger_pca* pca = fit(2, 0);
  CHECK(verger_pca_components(pca) == 2);
  /* Axes (0.6, 0.8) and (0.8, -0.6): of each, the entry of largest magnitude is positive. The mean
   * (10, 20) lies at 22 and -4 along them. */
  check_scores(pca, VERGER_SCORES_CENTRED, 2, 0);
  check_scores(pca, VERGER_SCORES_SPARK, 24, -4);

  verger_error error = {""};
  Batch batch;
  struct ArrowArray scores;
  rows_batch(&batch, 4, 2, kRows[0]);
  CHECK_OK(verger_pca_project(pca, VERGER_SCORES_CENTRED, &batch.array, &batch.schema, &scores,
                              NULL, &error),
           &error);
  CHECK(scores.n_children == 1);
  scores.release(&scores);

  struct ArrowArray untouched = {.length = 77};
  rows_batch(&batch, 1, 3, kRows[0]);
  CHECK_FAILS(verger_pca_project(pca, VERGER_SCORES_CENTRED, &batch.array, &batch.schema,
                                 &untouched, NULL, &error),
              VERGER_BAD_FEATURES, &error, "row 0 has 3 features where 2");
  rows_batch(&batch, 1, 2, kRows[0]);
  CHECK_FAILS(verger_pca_project(pca, (verger_scores)2, &batch.array, &batch.schema, &untouched,
                                 NULL, &error),
              VERGER_BAD_CALL, &error, "verger_scores");
  CHECK_FAILS(verger_pca_project(NULL, VERGER_SCORES_CENTRED, &batch.array, &batch.schema,
                                 &untouched, NULL, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_pca_project(pca, VERGER_SCORES_CENTRED, &batch.array, &batch.schema, NULL,
                                 NULL, &error),
              VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(
      verger_pca_project(pca, VERGER_SCORES_CENTRED, NULL, &batch.schema, &untouched, NULL, &error),
      VERGER_BAD_CALL, &error, "NULL");
  CHECK(untouched.length == 77 && untouched.release == NULL);
  verger_pca_free(pca);
}

static void test_share(void) {
  /* The first axis explains 4 / 5 of the variance. */
  verger_pca* one = fit(0, 0.79);
  verger_pca* two = fit(0, 0.81);
  CHECK(verger_pca_components(one) == 1);
  CHECK(verger_pca_components(two) == 2);
  verger_pca_free(one);
  verger_pca_free(two);
}

static void test_json(void) {
  verger_error error = {""};
  verger_pca* pca = fit(2, 0);
  verger_pca* again = NULL;
  verger_bytes json = {NULL, 0};
  verger_bytes same = {NULL, 0};
  CHECK_OK(verger_pca_to_json(pca, &json, &error), &error);
  CHECK(json.size > 0 && json.data[0] == '{' && memchr(json.data, 0, json.size) == NULL);
  CHECK_OK(verger_pca_from_json((const char*)json.data, json.size, &again, &error), &error);
  CHECK_OK(verger_pca_to_json(again, &same, &error), &error);
  CHECK(json.size == same.size && memcmp(json.data, same.data, json.size) == 0);
  check_scores(again, VERGER_SCORES_CENTRED, 2, 0);
  verger_pca_free(again);

  verger_pca* const untouched = (verger_pca*)&error;
  again = untouched;
  CHECK_FAILS(verger_pca_from_json((const char*)json.data, json.size / 2, &again, &error),
              VERGER_BAD_FEATURES, &error, "");
  CHECK_FAILS(verger_pca_from_json("{}", 2, &again, &error), VERGER_BAD_FEATURES, &error, "");
  CHECK_FAILS(verger_pca_from_json(NULL, 0, &again, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_pca_from_json("{}", 2, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_pca_to_json(NULL, &same, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_pca_to_json(pca, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK(again == untouched);
  verger_bytes_free(same);
  verger_bytes_free(json);
  verger_pca_free(pca);
}

static void test_bad_fits(void) {
  verger_error error = {""};
  verger_moments* moments = moments_of_rows();
  verger_moments* few = NULL;
  verger_pca* pca = NULL;
  verger_pca_options options = {sizeof(options), 3, 0, NULL, NULL, NULL, 0};
  CHECK_FAILS(verger_pca_fit(moments, &options, &pca, &error), VERGER_BAD_FEATURES, &error,
              "request 2 or fewer");
  options.components = 0;
  CHECK_FAILS(verger_pca_fit(moments, &options, &pca, &error), VERGER_BAD_CALL, &error, "count");
  CHECK_FAILS(verger_pca_fit(moments, NULL, &pca, &error), VERGER_BAD_CALL, &error, "count");
  options.components = 1;
  options.variance_share = 0.5;
  CHECK_FAILS(verger_pca_fit(moments, &options, &pca, &error), VERGER_BAD_CALL, &error, "share");
  CHECK_FAILS(verger_pca_fit(NULL, &options, &pca, &error), VERGER_BAD_CALL, &error, "NULL");
  CHECK_FAILS(verger_pca_fit(moments, &options, NULL, &error), VERGER_BAD_CALL, &error, "NULL");
  options.struct_size = 4;
  CHECK_FAILS(verger_pca_fit(moments, &options, &pca, &error), VERGER_BAD_CALL, &error,
              "struct_size");
  CHECK_OK(verger_moments_create(2, &few, &error), &error);
  options = (verger_pca_options){sizeof(options), 3, 0, NULL, NULL, NULL, 1};
  CHECK_OK(verger_pca_fit(moments, &options, &pca, &error), &error);
  CHECK(pca != NULL && verger_pca_components(pca) == 2);
  verger_pca_free(pca);
  pca = NULL;
  options = (verger_pca_options){sizeof(options), 1, 0, NULL, NULL, NULL, 0};
  CHECK_FAILS(verger_pca_fit(few, &options, &pca, &error), VERGER_BAD_FEATURES, &error,
              "needs 2 photos or more but has 0");
  CHECK(pca == NULL);

  /* An older caller, whose struct ended before variance_share: what lies behind is not read. */
  options = (verger_pca_options){offsetof(verger_pca_options, variance_share),
                                 2,
                                 0.5,
                                 (const char*)1,
                                 (const char*)1,
                                 (const char*)1,
                                 1};
  CHECK_OK(verger_pca_fit(moments, &options, &pca, &error), &error);
  CHECK(pca != NULL && verger_pca_components(pca) == 2);
  verger_pca_free(pca);
  verger_moments_free(few);
  verger_moments_free(moments);
}

static void test_drift(void) {
  verger_error error = {""};
  verger_pca* pca = fit(1, 0);
  verger_moments* same = moments_of_rows();
  verger_moments* far = NULL;
  const float kFar[2][2] = {{90, 20}, {91, 20}};
  Batch batch;
  rows_batch(&batch, 2, 2, kFar[0]);
  CHECK_OK(verger_moments_create(2, &far, &error), &error);
  CHECK_OK(verger_moments_add(far, &batch.array, &batch.schema, &error), &error);
  verger_drift drift = {.struct_size = sizeof(drift), .refit = 77};
  CHECK_OK(verger_pca_drift(pca, same, &drift, &error), &error);
  CHECK(drift.rows == 4 && drift.refit == 0 && drift.struct_size == sizeof(drift));
  CHECK_OK(verger_pca_drift(pca, far, &drift, &error), &error);
  CHECK(drift.rows == 2 && drift.refit == 1);
  /* An older caller, whose struct ended before `refit`. */
  drift.struct_size = offsetof(verger_drift, refit);
  drift.refit = 77;
  CHECK_OK(verger_pca_drift(pca, same, &drift, &error), &error);
  CHECK(drift.rows == 4 && drift.refit == 77);
  drift.struct_size = 0;
  CHECK_FAILS(verger_pca_drift(pca, same, &drift, &error), VERGER_BAD_CALL, &error, "struct_size");
  verger_moments_free(same);
  verger_moments_free(far);
  verger_pca_free(pca);
}

void test_pca(void) {
  test_drift();
  test_scores();
  test_share();
  test_json();
  test_bad_fits();
}
