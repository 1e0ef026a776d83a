/* A program of the last release: compiled with its headers, run with today's libverger.so. It does
 * what programs do: photos to features, features to principal components, and back from a file. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

/* One black pixel, written by Pillow 13.0.0. */
static const uint8_t kPng[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00,
    0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78,
    0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01, 0x48, 0xaf, 0xa4, 0x71, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
static const float kRows[4][2] = {{11.2f, 21.6f}, {8.8f, 18.4f}, {9.2f, 20.6f}, {10.8f, 19.4f}};

static void extract(void) {
  verger_error error = {""};
  verger_model* model = NULL;
  verger_extractor* extractor = NULL;
  const verger_model_options model_options = {.struct_size = sizeof(model_options)};
  const verger_extractor_options options = {
      .struct_size = sizeof(options), .threads = 1, .batch_size = 1};
  CHECK_OK(verger_model_embedded("efficientnet-lite0", &model_options, &model, &error), &error);
  if (model == NULL) return;
  CHECK(strstr(verger_model_describe(model), "efficientnet-lite0") != NULL);
  CHECK_OK(verger_extractor_create(model, &options, &extractor, &error), &error);
  verger_model_free(model);
  if (extractor == NULL) return;
  Batch photos;
  struct ArrowArray features;
  struct ArrowSchema schema;
  const int32_t offsets[] = {0, sizeof(kPng)};
  content_batch(&photos, false, 1, offsets, kPng);
  CHECK_OK(verger_extract(extractor, &photos.array, &photos.schema, &features, &schema, &error),
           &error);
  int length = 0;
  const struct ArrowArray* column = column_of(&features, &schema, "features");
  CHECK(column != NULL && !is_null(column, 0));
  if (column != NULL) list_at(column, 0, &length);
  CHECK(length == 1280);
  features.release(&features);
  schema.release(&schema);
  verger_extractor_free(extractor);
}

static void reduce(void) {
  verger_error error = {""};
  verger_moments* moments = NULL;
  verger_pca* pca = NULL;
  verger_bytes json = {NULL, 0};
  Batch rows;
  struct ArrowArray scores;
  const verger_pca_options options = {.struct_size = sizeof(options), .components = 1};
  rows_batch(&rows, 4, 2, kRows[0]);
  CHECK_OK(verger_moments_create(2, &moments, &error), &error);
  CHECK_OK(verger_moments_add(moments, &rows.array, &rows.schema, &error), &error);
  CHECK(verger_moments_count(moments) == 4);
  CHECK_OK(verger_pca_fit(moments, &options, &pca, &error), &error);
  verger_moments_free(moments);
  CHECK_OK(verger_pca_to_json(pca, &json, &error), &error);
  verger_pca_free(pca);
  CHECK_OK(verger_pca_from_json((const char*)json.data, json.size, &pca, &error), &error);
  verger_bytes_free(json);
  CHECK(verger_pca_components(pca) == 1);
  CHECK_OK(verger_pca_project(pca, VERGER_SCORES_CENTRED, &rows.array, &rows.schema, &scores, NULL,
                              &error),
           &error);
  CHECK(scores.length == 4);
  scores.release(&scores);
  verger_pca_free(pca);
}

int main(void) {
  verger_error error = {""};
  Batch rows;
  verger_moments* moments = NULL;
  extract();
  reduce();
  rows_batch(&rows, 1, 2, kRows[0]);
  CHECK_OK(verger_moments_create(3, &moments, &error), &error);
  CHECK_FAILS(verger_moments_add(moments, &rows.array, &rows.schema, &error), VERGER_BAD_FEATURES,
              &error, "row 0 has 2 features");
  verger_moments_free(moments);
  printf("%d checks, %d failed, libverger %s\n", checks_made, checks_failed, verger_version());
  return checks_failed == 0 ? 0 : 1;
}
