/* verger_duplicates.h: photos that are equal, or nearly. Part of verger.h, whose rules hold. */
#ifndef VERGER_DUPLICATES_H_
#define VERGER_DUPLICATES_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Finds photos of equal bytes, and pairs of photos with nearly equal features. The caller passes
 * the tables of an output part by part. */

typedef struct verger_duplicates verger_duplicates;

typedef struct verger_duplicates_options {
  size_t struct_size;
  int32_t near_pairs;    /* not 0: also pairs whose features are at most `within` apart */
  double within;         /* in standard deviations; two photos at random: about 1.4 */
  int64_t most;          /* how many of these pairs to list, nearest first; all are counted */
  int32_t across_labels; /* not 0: only groups and pairs with more than one label */
} verger_duplicates_options;

/* `manifest`: by verger_manifest_read. Memory: about 200 bytes per photo; for near pairs, 6 more
 * bytes for each number of its pca_features, and up to 256 MB of features. */
VERGER_EXPORT verger_status verger_duplicates_create(verger_text manifest,
                                                     const verger_duplicates_options* options,
                                                     verger_duplicates** duplicates,
                                                     verger_error* error);

/* Adds all rows of the next part of Preprocessing (`path`, `label`, `sha256`, `error`), in the
 * order of the manifest. Errors: VERGER_BAD_CALL if the manifest has no more parts. */
VERGER_EXPORT verger_status verger_duplicates_add_part(verger_duplicates* duplicates,
                                                       const struct ArrowArray* rows,
                                                       const struct ArrowSchema* rows_schema,
                                                       verger_error* error);

/* For near pairs, after all parts: adds a part of Results, by its name: `path`, and `features`,
 * which are its pca_features. Errors: VERGER_BAD_OUTPUT if its photos are not those of its source.
 */
VERGER_EXPORT verger_status verger_duplicates_add_scores(verger_duplicates* duplicates,
                                                         verger_text name,
                                                         const struct ArrowArray* rows,
                                                         const struct ArrowSchema* rows_schema,
                                                         verger_error* error);

/* Finds candidates. `pca`: the document. `done`, which may be NULL, is called with the number of
 * photos compared since its last call. Errors: VERGER_BAD_CALL for more than a million candidates.
 */
VERGER_EXPORT verger_status verger_duplicates_search(verger_duplicates* duplicates, verger_text pca,
                                                     void (*done)(void* context, int64_t photos),
                                                     void* context, verger_error* error);

/* Returns the parts of Preprocessing whose features must be added before the next call, a struct
 * array with a child `name`; empty: all candidates are measured. */
VERGER_EXPORT verger_status verger_duplicates_needed_parts(verger_duplicates* duplicates,
                                                           struct ArrowArray* names,
                                                           struct ArrowSchema* names_schema,
                                                           verger_error* error);

/* Adds the column `features` of such a part. */
VERGER_EXPORT verger_status verger_duplicates_add_features(verger_duplicates* duplicates,
                                                           verger_text name,
                                                           const struct ArrowArray* features,
                                                           const struct ArrowSchema* schema,
                                                           verger_error* error);

/* Returns, once, the JSON object of `verger duplicates --json`. `photos`: how many were read;
 * `equal`: objects with sha256, across_labels and photos (path, label), by their first path;
 * `spare`: how many photos of `equal` are redundant. For near pairs also `within`, `near_pairs` and
 * `near_across_labels` (their numbers), and `near`: objects with distance, across_labels and
 * photos, nearest first. */
VERGER_EXPORT verger_status verger_duplicates_finish(verger_duplicates* duplicates,
                                                     verger_bytes* json, verger_error* error);

VERGER_EXPORT void verger_duplicates_free(verger_duplicates* duplicates);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_DUPLICATES_H_ */
