/* verger_classify.h: features -> classifier -> answers. Part of verger.h, whose rules hold. */
#ifndef VERGER_CLASSIFY_H_
#define VERGER_CLASSIFY_H_

#include "verger_pca.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- moments of classes --------------------------------------------------------------------
 *
 * Count and mean of each label, and the scatter of all rows about these means: the input of linear
 * discriminant analysis. Moments of parts can be merged in any order, and subtracted again. Not
 * safe from many threads on one handle. */

typedef struct verger_class_moments verger_class_moments;

/* Requires: 1 <= dimension <= 65536. */
VERGER_EXPORT verger_status verger_class_moments_create(int32_t dimension,
                                                        verger_class_moments** moments,
                                                        verger_error* error);

/* Adds the rows of a struct array with children `label`, text, and `features`: list or large list
 * of float32; rows whose features are null are ignored. `transform`: "none", or "root" (square
 * root, then length 1); the same for all parts.
 *
 * Errors: VERGER_BAD_FEATURES for a row of another length or a value that is not finite; then no
 *         row of the batch is added. */
VERGER_EXPORT verger_status verger_class_moments_add(verger_class_moments* moments,
                                                     const struct ArrowArray* rows,
                                                     const struct ArrowSchema* schema,
                                                     const char* transform, verger_error* error);

/* Adds all rows of `other`. Moments may be merged in any order. */
VERGER_EXPORT verger_status verger_class_moments_merge(verger_class_moments* moments,
                                                       const verger_class_moments* other,
                                                       verger_error* error);

/* Removes rows as if they had never been added. `other`: the moments of exactly these rows.
 *
 * Errors: VERGER_BAD_CALL for more rows of a label than were added. */
VERGER_EXPORT verger_status verger_class_moments_subtract(verger_class_moments* moments,
                                                          const verger_class_moments* other,
                                                          verger_error* error);

VERGER_EXPORT int64_t verger_class_moments_count(const verger_class_moments* moments);

/* Returns a safetensors file from which verger_class_moments_load restores the moments bit for bit.
 */
VERGER_EXPORT verger_status verger_class_moments_save(const verger_class_moments* moments,
                                                      verger_bytes* bytes, verger_error* error);

/* Errors: VERGER_BAD_FEATURES for bytes that are not whole saved moments. */
VERGER_EXPORT verger_status verger_class_moments_load(const void* data, size_t size,
                                                      verger_class_moments** moments,
                                                      verger_error* error);

VERGER_EXPORT void verger_class_moments_free(verger_class_moments* moments);

/* ---- features -> classifier ---------------------------------------------------------------- */

typedef struct verger_training verger_training;
typedef struct verger_classifier verger_classifier;

typedef struct verger_train_options {
  size_t struct_size;
  const char* method;    /* "relative" (NULL), "lda" or "logistic" */
  const char* transform; /* "none" or "root"; NULL: chosen on held-out groups */
  const char* column;    /* to train on: "features" (NULL) or "pca_features" */
  const char* groups;    /* photos to hold out together, by path: "folder:1", the folder above the
                            one that holds a photo, or a regular expression whose first capture is
                            the group; NULL: series of file names */
  double shrinkage;      /* above 0, up to 1; 0: chosen on held-out groups */
  double penalty;        /* for logistic regression, 1 / C of scikit-learn; 0: 1 */
  double coverage;       /* that sets of labels promise; 0: 0.95 */
  double false_accepts;  /* share of photos of unknown fruit that is accepted as known; for fewer
                            than five labels, of known fruit called unknown; 0: 0.05 */
  int32_t hold_nothing_out; /* not 0: nothing is measured, and no photo is called unknown */
  int32_t threads;          /* 0: 1 */
  verger_progress progress; /* its step may be NULL */
  int32_t label_level;      /* the label is the folder this many levels above the one that holds a
                               photo; 0: the label of its row */
  verger_text label_table;  /* CSV of two columns: a label of that level, and the label to use
                               instead; a first line "label,..." is optional; empty: none */
} verger_train_options;

/* Begins a training on rows of an output. `manifest`: its latest, by verger_manifest_read, which
 * identifies the network and the rows.
 *
 * Errors: VERGER_BAD_OUTPUT for bytes that are no manifest; VERGER_BAD_CALL for invalid options. */
VERGER_EXPORT verger_status verger_training_create(verger_text manifest,
                                                   const verger_train_options* options,
                                                   verger_training** training, verger_error* error);

/* Adds rows: a struct array with `path`, `label` and the column to train on. Rows in which the last
 * is null are ignored.
 *
 * Memory: the features, until verger_training_finish.
 * Errors: VERGER_BAD_FEATURES, naming a path, for a row of another length or a value that is not
 *         finite; VERGER_BAD_CALL for a path with fewer folders than label_level, or a label that
 *         label_table lacks. */
VERGER_EXPORT verger_status verger_training_add(verger_training* training,
                                                const struct ArrowArray* rows,
                                                const struct ArrowSchema* schema,
                                                verger_error* error);

/* Trains; afterwards the handle can only be freed. `before`: the previous classifier, whose taught
 * labels are kept; may be NULL.
 *
 * Errors: VERGER_BAD_FEATURES for fewer than two labels, or rows that do not differ;
 *         VERGER_BAD_CALL for groups that match no path; VERGER_STOPPED.
 * Cost:   rows * dimension^2 / 2 multiply-adds; choosing settings and calibrating take several
 *         times as many. */
VERGER_EXPORT verger_status verger_training_finish(verger_training* training,
                                                   const verger_classifier* before,
                                                   verger_classifier** classifier,
                                                   verger_error* error);

VERGER_EXPORT void verger_training_free(verger_training* training);

/* Fits a classifier to moments, without held-out groups: its probabilities are not calibrated, and
 * it calls no photo unknown. `method`: "relative" (NULL) or "lda"; `transform`: that of the
 * moments. */
VERGER_EXPORT verger_status verger_classifier_fit(const verger_class_moments* moments,
                                                  verger_text manifest, const char* method,
                                                  const char* transform, double shrinkage,
                                                  verger_classifier** classifier,
                                                  verger_error* error);

/* Returns a safetensors file (docs/feature-format.md) from which verger_classifier_load restores
 * the classifier bit for bit. */
VERGER_EXPORT verger_status verger_classifier_save(const verger_classifier* classifier,
                                                   verger_bytes* bytes, verger_error* error);

/* Errors: VERGER_BAD_FEATURES, naming `name`, for bytes that are no whole classifier. */
VERGER_EXPORT verger_status verger_classifier_load(const void* data, size_t size, const char* name,
                                                   verger_classifier** classifier,
                                                   verger_error* error);

/* Returns a JSON object: labels (objects with label and photos), photos, dimension, network (name,
 * sha256, preset, identity, precision, column), data (SHA-256), settings (method, transform,
 * shrinkage, penalty), confidence (temperature, coverage, least_share, false_accepts,
 * most_novelty), held_out (photos, accuracy, calibration_error, coverage, known_accepts,
 * unknown_accepts, unknown_auroc), taught_labels. */
VERGER_EXPORT verger_status verger_classifier_describe(const verger_classifier* classifier,
                                                       verger_bytes* json, verger_error* error);

/* Checks a classifier against its output. `note`: a text with the remedy if rows were added or
 * removed since the training; otherwise no bytes.
 *
 * Errors: VERGER_BAD_MODEL if the output has another network. */
VERGER_EXPORT verger_status verger_classifier_check(const verger_classifier* classifier,
                                                    verger_text manifest, verger_bytes* note,
                                                    verger_error* error);

/* Checks that a classifier can be taught. Call it before reading photos.
 *
 * Errors: VERGER_BAD_CALL for a classifier by logistic regression or of pca_features. */
VERGER_EXPORT verger_status verger_classifier_check_teachable(const verger_classifier* classifier,
                                                              verger_error* error);

/* Returns the classifier with a new label, or with more photos of a label, from a few photos:
 * `features` as in verger_moments_add. The old photos are not needed; the confidence settings do
 * not change.
 *
 * Errors: VERGER_BAD_CALL for no photo, an empty label, a classifier by logistic regression.
 * Cost:   dimension^3 / 6 multiply-adds: some hundredths of a second for 1280. */
VERGER_EXPORT verger_status verger_classifier_teach(
    const verger_classifier* classifier, verger_text label, const struct ArrowArray* features,
    const struct ArrowSchema* schema, verger_classifier** taught, verger_error* error);

/* Returns the classifier without the photos that taught a label. Errors: VERGER_BAD_CALL if no
 * photo taught the label. */
VERGER_EXPORT verger_status verger_classifier_unteach(const verger_classifier* classifier,
                                                      verger_text label, verger_classifier** rest,
                                                      verger_error* error);

VERGER_EXPORT void verger_classifier_free(verger_classifier* classifier);

/* ---- features -> answers -------------------------------------------------------------------- */

/* Classifies the rows of a struct array with a child `features`; the result has the same rows in
 * the same order.
 *
 * Out:    a struct array with `label`: utf8, the likeliest; `probability`: double; `unknown`: bool,
 *         whether the photo probably shows none of the labels; `set`: list<utf8>, labels that
 *         contain the right one as often as the classifier's coverage promises, likeliest first,
 *         may be empty; `top`: list<utf8>, the `top` likeliest labels; `top_probabilities`:
 *         list<float32>; `novelty`: double, from 0 to 2, how little the photo resembles any label.
 *         All null if `features` is null. `answers_schema` may be NULL.
 * Errors: VERGER_BAD_FEATURES for a row of another length or a value that is not finite;
 *         VERGER_BAD_CALL for a `top` below 1.
 * Safe from many threads on one classifier. */
VERGER_EXPORT verger_status verger_classify(const verger_classifier* classifier, int32_t top,
                                            const struct ArrowArray* features,
                                            const struct ArrowSchema* features_schema,
                                            struct ArrowArray* answers,
                                            struct ArrowSchema* answers_schema,
                                            verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_CLASSIFY_H_ */
