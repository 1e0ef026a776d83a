/* verger_pca.h: features -> moments -> PCA. Part of verger.h, whose rules hold. */
#ifndef VERGER_PCA_H_
#define VERGER_PCA_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_moments verger_moments;
typedef struct verger_pca verger_pca;

/* ---- features -> moments ------------------------------------------------------------------ */

/* Checks that `copies` moments, each of dimension * (dimension + 1) / 2 doubles, fit into
 * `available` bytes. Call it before long work.
 *
 * Errors: VERGER_INTERNAL, with the remedy. */
VERGER_EXPORT verger_status verger_moments_require_memory(int32_t dimension, int32_t copies,
                                                          uint64_t available, verger_error* error);

/* Creates moments: count, mean and scatter of features, the input of PCA. Empty moments take almost
 * no memory; a call without enough memory returns VERGER_INTERNAL and changes nothing. Not safe
 * from many threads: give each thread its own moments and merge them.
 * Requires: 1 <= dimension <= 65536. */
VERGER_EXPORT verger_status verger_moments_create(int32_t dimension, verger_moments** moments,
                                                  verger_error* error);

/* Adds the rows of a struct array with a child `features`: list or large list of float32. Null rows
 * are ignored.
 *
 * Errors: VERGER_BAD_FEATURES for a row of another length or a value that is not finite; then no
 *         row of the batch is added. */
VERGER_EXPORT verger_status verger_moments_add(verger_moments* moments,
                                               const struct ArrowArray* features,
                                               const struct ArrowSchema* schema,
                                               verger_error* error);

/* Adds all rows of `other`. Moments may be merged in any order. */
VERGER_EXPORT verger_status verger_moments_merge(verger_moments* moments,
                                                 const verger_moments* other, verger_error* error);

VERGER_EXPORT int64_t verger_moments_count(const verger_moments* moments);

/* Returns bytes from which verger_moments_load restores the moments bit for bit; 16.8 MB for 2048
 * features. */
VERGER_EXPORT verger_status verger_moments_save(const verger_moments* moments, verger_bytes* bytes,
                                                verger_error* error);

/* Errors: VERGER_BAD_FEATURES for bytes that are not whole saved moments. */
VERGER_EXPORT verger_status verger_moments_load(const void* data, size_t size,
                                                verger_moments** moments, verger_error* error);

VERGER_EXPORT void verger_moments_free(verger_moments* moments);

/* ---- moments -> PCA ----------------------------------------------------------------------- */

typedef struct verger_pca_options {
  size_t struct_size;
  int32_t components;    /* how many; 0: as many as `variance_share` needs */
  double variance_share; /* above 0 and below 1: the share of the variance to explain; else 0 */
  /* The network of the features; stored with the PCA. NULL: "". */
  const char* model_name;
  const char* model_sha256;
  const char* preset_identity;
  int32_t fewer_will_do; /* not 0: fewer than `components` if the rows do not allow as many */
} verger_pca_options;

/* Fits the leading principal components; docs/numerics.md has the rule for their signs.
 *
 * Errors: VERGER_BAD_CALL unless exactly one of components and variance_share is set;
 *         VERGER_BAD_FEATURES if the rows do not allow as many; names the largest number. */
VERGER_EXPORT verger_status verger_pca_fit(const verger_moments* moments,
                                           const verger_pca_options* options, verger_pca** pca,
                                           verger_error* error);

VERGER_EXPORT int32_t verger_pca_components(const verger_pca* pca);

typedef enum verger_scores {
  VERGER_SCORES_CENTRED = 0, /* the mean is subtracted first, as in scikit-learn */
  VERGER_SCORES_SPARK = 1    /* it is not, as in Spark ML */
} verger_scores;

/* Projects the rows of a struct array with a child `features`.
 *
 * Out: a struct array with `pca_features`: list<float32>; null where `features` is null.
 *      `scores_schema` may be NULL.
 * Errors: VERGER_BAD_FEATURES for a row of another length.
 * Safe from many threads on one PCA. */
VERGER_EXPORT verger_status verger_pca_project(const verger_pca* pca, verger_scores scores,
                                               const struct ArrowArray* features,
                                               const struct ArrowSchema* features_schema,
                                               struct ArrowArray* scores_array,
                                               struct ArrowSchema* scores_schema,
                                               verger_error* error);

/* Returns the JSON document of docs/feature-format.md, not terminated by 0. */
VERGER_EXPORT verger_status verger_pca_to_json(const verger_pca* pca, verger_bytes* json,
                                               verger_error* error);

/* Errors: VERGER_BAD_FEATURES for a document that is not a whole PCA of a known version. */
VERGER_EXPORT verger_status verger_pca_from_json(const char* json, size_t size, verger_pca** pca,
                                                 verger_error* error);

/* How far new features are from those that a PCA was fitted to. */
typedef struct verger_drift {
  size_t struct_size;
  int64_t rows;             /* new rows */
  double mean_shift;        /* between the means, in standard deviations of the fitted features */
  double residual;          /* share of the new features' energy outside the components */
  double expected_residual; /* the same for the fitted features */
  int32_t refit;            /* not 0: much larger than by chance for photos of the same kind */
} verger_drift;

/* Compares new features, by their moments `fresh`, with those that a PCA was fitted to.
 *
 * Cost:   components * dimension^2 multiply-adds.
 * Errors: VERGER_BAD_FEATURES if the dimensions differ or there are no rows;
 *         VERGER_BAD_CALL if drift->struct_size is not set. */
VERGER_EXPORT verger_status verger_pca_drift(const verger_pca* pca, const verger_moments* fresh,
                                             verger_drift* drift, verger_error* error);

VERGER_EXPORT void verger_pca_free(verger_pca* pca);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_PCA_H_ */
