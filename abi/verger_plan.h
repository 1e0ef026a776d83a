/* verger_plan.h: which rows of an output stay, and which are missing. Part of verger.h, whose rules
 * hold. */
#ifndef VERGER_PLAN_H_
#define VERGER_PLAN_H_

#include "verger_output.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_plan verger_plan;
typedef struct verger_contents verger_contents;

/* A plan determines which rows of a run exist and which are missing. It merges the listing of
 * photos with the rows of an output, both in the order of the bytes of their paths, so that neither
 * is in memory as a whole. It does no I/O: verger_plan_next returns its next request, until it has
 * none.
 *
 * A row stays while its photo has the same path, size and modification time. Rows of photos that
 * are no longer listed stay, unless they are rejects or drop_vanished is set; all rows of a folder
 * that could not be listed stay. A part stays if all its rows stay; from a part that does not stay,
 * the rows that stay are copied into a new part. */

typedef struct verger_plan_options {
  size_t struct_size;
  const char* model_sha256;   /* of the network of this run */
  const char* model_identity; /* of its preset */
  int32_t dimension;          /* of its features */
  int32_t drop_vanished;      /* not 0: drop rows of photos that are no longer listed */
  int32_t hashed;             /* not 0: paths are hashes, in the listing and in rows */
  int32_t check_all;          /* not 0: every part is read as a whole, and its SHA-256 compared */
  int64_t max_pixels;         /* as in verger_extractor_options: rejects of lower limits are */
  int64_t max_bytes;          /* tried again */
} verger_plan_options;

/* `files`: a struct array with `name` (utf8 or binary), `bytes` (int64) and `modified` (int64,
 * microseconds since 1970), the files in Preprocessing and _verger, with names relative to the
 * output. A part that storage has not changed since the manifest was written is trusted, and read
 * without its features. Every other part is read completely.
 *
 * Memory: 9 bytes per row of the output, and the rows of parts whose ranges of paths overlap. */
VERGER_EXPORT verger_status verger_plan_create(const verger_output* output,
                                               const struct ArrowArray* files,
                                               const struct ArrowSchema* files_schema,
                                               const verger_plan_options* options,
                                               verger_plan** plan, verger_error* error);

typedef enum verger_plan_request {
  VERGER_REQUEST_QUEUE = 0,   /* verger_plan_queue: the parts that it will request, in order */
  VERGER_REQUEST_PART = 1,    /* verger_plan_add_part: the next of the queue */
  VERGER_REQUEST_LISTING = 2, /* verger_plan_add_listing: the next photos */
  VERGER_REQUEST_TODO = 3,    /* verger_plan_todo: some rows to make */
  VERGER_REQUEST_NOTHING = 4  /* verger_plan_result */
} verger_plan_request;

/* Merges as far as the input allows, and returns the next request: the same one until it is
 * fulfilled. Errors: VERGER_INTERNAL if memory does not suffice; then the plan can only be freed.
 */
VERGER_EXPORT verger_status verger_plan_next(verger_plan* plan, verger_plan_request* request,
                                             verger_error* error);

/* Out: a struct array with `part` (int64, the part's number), `name` (utf8) and `whole` (int64; 1:
 * read the whole file, and pass its size and SHA-256; else 0). */
VERGER_EXPORT verger_status verger_plan_queue(verger_plan* plan, struct ArrowArray* queue,
                                              struct ArrowSchema* queue_schema,
                                              verger_error* error);

typedef struct verger_part_content {
  size_t struct_size;
  int64_t bytes;              /* of a whole file */
  const char* sha256;         /* of a whole file; NULL: not requested */
  const char* model_sha256;   /* the file's metadata verger.model.sha256; NULL: none */
  const char* model_identity; /* its verger.model.preset; NULL: none */
} verger_part_content;

/* `rows`: a struct array with path, label, size, modified, sha256 and error as in a part of
 * Preprocessing, without null structs; on VERGER_OK the plan owns the array, and rows->release
 * is NULL. NULL: the part cannot be read.
 * Errors: VERGER_BAD_CALL for other columns, or if no part is requested; VERGER_BAD_OUTPUT if the
 * part has changed since it was first passed. */
VERGER_EXPORT verger_status verger_plan_add_part(verger_plan* plan,
                                                 const verger_part_content* content,
                                                 struct ArrowArray* rows,
                                                 const struct ArrowSchema* rows_schema,
                                                 verger_error* error);

/* `photos`: a struct array with `path`, `label` (utf8), `size`, `modified` (int64; null:
 * unknown), `problem` (utf8, why the photo must not be opened; null: none) and `file` (the
 * storage's name of it; null if that is `path`), in ascending order of paths over all calls. The
 * plan owns the array, as above. A path that ends in '/' is a folder that could not be listed; if
 * paths are hashes, "/" stands for all such folders. NULL: no more photos. Errors: VERGER_BAD_CALL
 * for paths out of order. */
VERGER_EXPORT verger_status verger_plan_add_listing(verger_plan* plan, struct ArrowArray* photos,
                                                    const struct ArrowSchema* photos_schema,
                                                    verger_error* error);

/* Out: a struct array with path, label, size, modified, problem and file (binary) as listed, and
 * sha256, error, part and row (int64). If `part` is not null, the row is a copy of that row of
 * that part: of its features, or of its reject. If it is null, the photo must be read. */
VERGER_EXPORT verger_status verger_plan_todo(verger_plan* plan, struct ArrowArray* todo,
                                             struct ArrowSchema* todo_schema, verger_error* error);

/* Returns a JSON object: `kept` (the parts that stay, as in a manifest), `kept_all_listed` (whether
 * these include every part of the manifest), `unlisted` (the names in `kept` that no manifest lists
 * yet), `replaced` (the names of all other parts), `damaged` (the names in `replaced` that cannot
 * be read), `parts` (names by number), `rejects` (of rows that stay, as in a manifest), `labels`
 * (of rows that stay and have features), and the numbers `listed`, `vanished` (rows that stay
 * without their photo), `unread` (rows that stay in folders that could not be listed), `outdated`
 * (rows of another network), `todo` and `taken` (those of `todo` that have a part).
 *
 * Errors: VERGER_BAD_CALL unless the plan has no more requests. */
VERGER_EXPORT verger_status verger_plan_result(verger_plan* plan, verger_bytes* result,
                                               verger_error* error);

/* Moves the plan's table of contents to the caller: it finds the row of a photo with equal bytes.
 */
VERGER_EXPORT verger_status verger_plan_contents(verger_plan* plan, verger_contents** contents,
                                                 verger_error* error);

VERGER_EXPORT void verger_plan_free(verger_plan* plan);

/* Finds the part and row of a photo with this SHA-256. Returns 1, or 0 if there is none or an
 * argument is NULL. With 10^7 rows, one in 10^9 look-ups returns a row with another hash: compare
 * the row's SHA-256. Safe from many threads. */
VERGER_EXPORT int32_t verger_contents_find(const verger_contents* contents, const char* sha256,
                                           int64_t* part, int64_t* row);

/* Serialises the table, 9 bytes per row, for other processes of the same run on machines with the
 * same byte order. Errors of loading: VERGER_BAD_CALL for incomplete bytes. */
VERGER_EXPORT verger_status verger_contents_save(const verger_contents* contents,
                                                 verger_bytes* bytes, verger_error* error);
VERGER_EXPORT verger_status verger_contents_load(const void* data, size_t size,
                                                 verger_contents** contents, verger_error* error);
VERGER_EXPORT void verger_contents_free(verger_contents* contents);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_PLAN_H_ */
