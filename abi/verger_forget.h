/* verger_forget.h: photos, erased from an output. Part of verger.h, whose rules hold. */
#ifndef VERGER_FORGET_H_
#define VERGER_FORGET_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Erases photos from an output, as if they had never been in it: finds their rows, and proves that
 * no file contains anything of them. */

typedef struct verger_forgetting verger_forgetting;

/* `names`: a struct array with a child `name`, utf8: paths of photos, folders or labels.
 * `manifest`: by verger_manifest_read. Errors: VERGER_BAD_CALL for a name without a letter. */
VERGER_EXPORT verger_status verger_forgetting_create(verger_text manifest,
                                                     const struct ArrowArray* names,
                                                     const struct ArrowSchema* names_schema,
                                                     verger_forgetting** forgetting,
                                                     verger_error* error);

/* Adds the rows of a part of Preprocessing (`path`, `label`, `error`): first of all parts that the
 * manifest lists, then of the parts of verger_output_unlisted.
 *
 * Out: `stays`, not 0 if the part may stay unchanged; `rows_that_stay`, a struct array with a
 *      child `row`, int64: the rows to write again, if it may not stay and the manifest lists it.
 */
VERGER_EXPORT verger_status verger_forgetting_add_part(
    verger_forgetting* forgetting, verger_text name, const struct ArrowArray* rows,
    const struct ArrowSchema* rows_schema, int32_t* stays, struct ArrowArray* rows_that_stay,
    struct ArrowSchema* rows_that_stay_schema, verger_error* error);

/* Call it after all parts. Out: a JSON object: `photos`, the number of photos to erase (0: write
 * nothing, only prove), of which `rows` have features and `rejects` are in the manifest; the
 * remaining `labels`; `rejects_left`, objects with `path` and `reason`, for the next manifest.
 *
 * Errors: VERGER_NOT_OURS if only some of the names match photos, or if no features would remain.
 *         `place` is for messages. */
VERGER_EXPORT verger_status verger_forgetting_finish(const verger_forgetting* forgetting,
                                                     verger_text place, verger_bytes* left,
                                                     verger_error* error);

/* Checks a file of the output after the commit of the version without the photos. `rows`: `path`
 * and `label` of a part, NULL for other files.
 *
 * Errors: VERGER_INTERNAL, naming the file, if it contains anything of them. */
VERGER_EXPORT verger_status verger_forgetting_prove(
    verger_forgetting* forgetting, verger_text place, verger_text name, verger_text bytes,
    const struct ArrowArray* rows, const struct ArrowSchema* rows_schema, verger_error* error);

VERGER_EXPORT void verger_forgetting_free(verger_forgetting* forgetting);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_FORGET_H_ */
