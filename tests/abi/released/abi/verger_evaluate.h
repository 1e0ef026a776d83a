/* verger_evaluate.h: how good a classifier is: splits, leaks, metrics. Part of verger.h, whose
 * rules hold. */
#ifndef VERGER_EVALUATE_H_
#define VERGER_EVALUATE_H_

#include "verger_classify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- an output -> how good a classifier trained on it is -----------------------------------
 *
 * For each split, trains on one part of the photos and tests on the other. A random split is naive
 * if photos have near copies; the other splits ensure that no test photo has one in training
 * (docs/honest-results.md). Not safe from many threads on one handle. */

typedef struct verger_evaluation verger_evaluation;

typedef struct verger_evaluate_options {
  size_t struct_size;
  const char* method;    /* as in verger_train_options, and the three below */
  const char* transform; /* NULL: chosen by each training on held-out groups */
  const char* groups;
  double shrinkage;
  double penalty;
  int32_t label_level; /* the label is the folder this many levels above the one of the photo;
                          0: the label of its row */
  int32_t threads;     /* 0: 1 */
  uint64_t memory;     /* limit in bytes: if all rows need more, a sample is used; 0: no limit */
  verger_progress progress; /* its step may be NULL */
  verger_text label_table;  /* as in verger_train_options */
} verger_evaluate_options;

/* Begins to evaluate an output. `manifest`: its latest, by verger_manifest_read; `test`: that of
 * another output with the same network, on which a classifier of all rows is tested; empty: none.
 *
 * Errors: VERGER_BAD_OUTPUT for bytes that are no manifest; VERGER_BAD_CALL for invalid options;
 *         VERGER_BAD_MODEL if the outputs' networks differ. */
VERGER_EXPORT verger_status verger_evaluation_create(verger_text manifest, verger_text test,
                                                     const verger_evaluate_options* options,
                                                     verger_evaluation** evaluation,
                                                     verger_error* error);

/* Adds rows: a struct array with `path`, `label` and `features`; rows in which the last is null are
 * ignored. `of_test`: not 0 for rows of the other output.
 *
 * Memory: the features of rows that are in the sample.
 * Errors: VERGER_BAD_FEATURES for a row of another length or a value that is not finite;
 *         VERGER_BAD_CALL for a path with fewer folders than label_level, for a label that
 *         label_table lacks, and after any of the calls below. */
VERGER_EXPORT verger_status verger_evaluation_add(verger_evaluation* evaluation, int32_t of_test,
                                                  const struct ArrowArray* rows,
                                                  const struct ArrowSchema* schema,
                                                  verger_error* error);

/* Call it after all rows. Returns the photos whose borders are needed to measure how well the
 * background alone predicts the label. Out: a struct array with `path`: utf8; at most 4,000 rows.
 * `schema` may be NULL. */
VERGER_EXPORT verger_status verger_evaluation_border_photos(verger_evaluation* evaluation,
                                                            struct ArrowArray* paths,
                                                            struct ArrowSchema* schema,
                                                            verger_error* error);

/* Adds some of these photos: a struct array with `path` and `content`. Other bytes are ignored.
 * Without any photo, the result has no background.
 *
 * Cost: decodes the photos, in all threads, at JPEG's smallest scale. */
VERGER_EXPORT verger_status verger_evaluation_add_photos(verger_evaluation* evaluation,
                                                         const struct ArrowArray* photos,
                                                         const struct ArrowSchema* schema,
                                                         verger_error* error);

/* Sets the reason why photos were not read; the result has it instead of the background. */
VERGER_EXPORT verger_status verger_evaluation_no_photos(verger_evaluation* evaluation,
                                                        verger_text reason, verger_error* error);

/* Evaluates; afterwards nothing can be added. `json`: an object with `random`, `angle` and `axis`
 * (these two only for photos named as those of Fruits-360), `groups`, `honest`, `test` (of the
 * other output), `unknown`, `background`, `confusion`, `mistakes`, `label_errors` and `leaks`, as
 * in docs/honest-results.md; `text`: a summary for users.
 *
 * Errors: VERGER_BAD_FEATURES if nothing can be held out, or for fewer than two labels;
 *         VERGER_BAD_CALL for groups that do not match the paths; VERGER_STOPPED.
 * Cost:   about fifteen trainings, and rows^2 * dimension multiply-adds, for at most 20,000 rows.
 *         Memory: about three times the features. */
VERGER_EXPORT verger_status verger_evaluation_finish(verger_evaluation* evaluation,
                                                     verger_bytes* json, verger_bytes* text,
                                                     verger_error* error);

VERGER_EXPORT void verger_evaluation_free(verger_evaluation* evaluation);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_EVALUATE_H_ */
