/* verger_app.h: what the phone app carries of an output. Part of verger.h, whose rules hold. */
#ifndef VERGER_APP_H_
#define VERGER_APP_H_

#include "verger_classify.h"
#include "verger_pca.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- classifier -> app --------------------------------------------------------------------- */

/* Returns a classifier as the app's file of it: axes, means and priors as float32
 * (docs/app-format.md). Probabilities differ by less than 1e-3. `pca`, `scores`: those by which
 * the output projects features, for a classifier of pca_features; else NULL, and any scores.
 *
 * Errors: VERGER_BAD_CALL for a missing PCA, or one of another dimension. */
VERGER_EXPORT verger_status verger_app_classifier(const verger_classifier* classifier,
                                                  const verger_pca* pca, verger_scores scores,
                                                  verger_bytes* file, verger_error* error);

/* Returns the file by which the app is taught labels: the covariance within labels. `file`, `size`:
 * what verger_app_classifier returned. 1.6 MB for 1280 features, 1.4 MB as Brotli.
 *
 * Errors: VERGER_BAD_CALL as verger_classifier_check_teachable. */
VERGER_EXPORT verger_status verger_app_covariance(const verger_classifier* classifier,
                                                  const void* file, size_t size,
                                                  verger_bytes* covariance, verger_error* error);

/* ---- photos of labels -> one picture ------------------------------------------------------- */

/* The caller passes the rows of an output, then photos. The result is a WebP of square tiles, a few
 * of each label. The same rows and photos give the same bytes. */

typedef struct verger_app_samples verger_app_samples;

typedef struct verger_app_samples_options {
  size_t struct_size;
  int32_t tile; /* side of a tile in pixels, from 16 to 512; 0: 96 */
  int32_t most; /* tiles in all: up to 4 per label, at least 1 of each of the first `most` labels;
                   0: 256 */
} verger_app_samples_options;

/* `classifier`: its labels, and the rule by which photos have them. */
VERGER_EXPORT verger_status verger_app_samples_create(const verger_classifier* classifier,
                                                      const verger_app_samples_options* options,
                                                      verger_app_samples** samples,
                                                      verger_error* error);

/* Adds rows of a part of Preprocessing: `path`, `label`, `size`, `modified`, `error`. */
VERGER_EXPORT verger_status verger_app_samples_add_rows(verger_app_samples* samples,
                                                        const struct ArrowArray* rows,
                                                        const struct ArrowSchema* schema,
                                                        verger_error* error);

/* Call it after all rows. Returns the photos to add, as verger_report_thumbnail_photos. */
VERGER_EXPORT verger_status verger_app_samples_photos(verger_app_samples* samples,
                                                      struct ArrowArray* photos,
                                                      struct ArrowSchema* photos_schema,
                                                      verger_error* error);

/* Adds some of these photos, as verger_report_add_photos. */
VERGER_EXPORT verger_status verger_app_samples_add_photos(verger_app_samples* samples,
                                                          const struct ArrowArray* photos,
                                                          const struct ArrowSchema* photos_schema,
                                                          verger_error* error);

/* Returns the picture, empty if there is no photo, and a JSON object: `tile`, `columns`, and
 * `labels`, an array of the numbers of its tiles for each label, in the order of the classifier. */
VERGER_EXPORT verger_status verger_app_samples_finish(verger_app_samples* samples,
                                                      verger_bytes* webp, verger_bytes* json,
                                                      verger_error* error);

VERGER_EXPORT void verger_app_samples_free(verger_app_samples* samples);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_APP_H_ */
