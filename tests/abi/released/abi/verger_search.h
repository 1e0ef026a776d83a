/* verger_search.h: the photos with the nearest features. Part of verger.h, whose rules hold. */
#ifndef VERGER_SEARCH_H_
#define VERGER_SEARCH_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_index verger_index;
typedef struct verger_photo_search verger_photo_search;

typedef struct verger_search_options {
  size_t struct_size;
  const char* metric; /* "cosine": 1 - the cosine of the angle between features, 0 to 2; or */
                      /* "euclidean": the length of their difference; NULL: cosine */
  int32_t threads;    /* 0: as many as the processor has. Does not affect the result */
} verger_search_options;

/* For both searches: distances are computed in double from the original features, and the result
 * equals that of a comparison with every row. Among rows at equal distances, the first one added
 * comes first. By cosine, a vector of zeros has the distance 1 to all others. Not safe from many
 * threads on one handle. Errors: VERGER_BAD_FEATURES for features that are not finite. */

/* ---- many searches: an index --------------------------------------------------------------
 *
 * Stores a copy of each row with 8 bits per number, and an upper bound of its error. A search reads
 * these copies, and computes exact distances only for rows that they cannot rule out: for ten
 * neighbours among rows of 1280 numbers, a few dozen. */

/* Creates an empty index for features of `dimension` numbers, from 1 to 65536. */
VERGER_EXPORT verger_status verger_index_create(int32_t dimension,
                                                const verger_search_options* options,
                                                verger_index** index, verger_error* error);

/* Adds rows, which are numbered after the previous ones. Null rows have a number too, but are never
 * neighbours. In: a struct array with a child `features`. On VERGER_OK the index owns the array,
 * and rows->release is NULL: the features are not copied, and stay in place until
 * verger_index_free. The schema is only read.
 *
 * Memory: for 1280 numbers per row, 1308 bytes in addition to the 5120 of the features. */
VERGER_EXPORT verger_status verger_index_add(verger_index* index, struct ArrowArray* rows,
                                             const struct ArrowSchema* rows_schema,
                                             verger_error* error);

/* Finds the `most` rows nearest to each query, or fewer if there are not as many.
 *
 * In:   a struct array with `features`, one query per row; nulls have no neighbours. It may have
 *       `row` (int64), the number of a row to exclude, such as the query itself.
 * Out:  a struct array with `query` (int64, a row of `queries`), `row` (int64) and `distance`
 *       (float64); query by query, nearest first. `neighbours_schema` may be NULL.
 * Cost: the first search after rows were added reads all of them; every search reads one byte per
 *       number, once for up to 64 queries. */
VERGER_EXPORT verger_status verger_index_find(verger_index* index, const struct ArrowArray* queries,
                                              const struct ArrowSchema* queries_schema,
                                              int64_t most, struct ArrowArray* neighbours,
                                              struct ArrowSchema* neighbours_schema,
                                              verger_error* error);

VERGER_EXPORT void verger_index_free(verger_index* index);

/* ---- one search of an output, part by part -------------------------------------------------
 *
 * For a few queries: compares every row with each query, and stores only the nearest. */

/* Creates a search. In: `queries` as for verger_index_find, but with an optional `path` (utf8), the
 * path of a row to exclude, instead of `row`. `most`: neighbours of each query, at least 1. */
VERGER_EXPORT verger_status verger_photo_search_create(
    int32_t dimension, const struct ArrowArray* queries, const struct ArrowSchema* queries_schema,
    int64_t most, const verger_search_options* options, verger_photo_search** search,
    verger_error* error);

/* Adds the rows of a part: `path`, `label` (utf8) and `features`; rows whose features are null are
 * ignored. */
VERGER_EXPORT verger_status verger_photo_search_add(verger_photo_search* search,
                                                    const struct ArrowArray* rows,
                                                    const struct ArrowSchema* rows_schema,
                                                    verger_error* error);

/* Returns the neighbours: a struct array with `query` (int64, a row of `queries`), `path`, `label`
 * (utf8) and `distance` (float64); query by query, nearest first. `neighbours_schema` may be NULL.
 */
VERGER_EXPORT verger_status verger_photo_search_results(const verger_photo_search* search,
                                                        struct ArrowArray* neighbours,
                                                        struct ArrowSchema* neighbours_schema,
                                                        verger_error* error);

VERGER_EXPORT void verger_photo_search_free(verger_photo_search* search);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_SEARCH_H_ */
