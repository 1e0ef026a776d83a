/* verger_verify.h: outputs, compared with their manifest. Part of verger.h, whose rules hold. */
#ifndef VERGER_VERIFY_H_
#define VERGER_VERIFY_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Compares an output with its manifest. The caller reads every file that the manifest lists,
 * reports itself those that are missing or have another SHA-256, and passes the contents of all
 * others, in any order. Problems are a struct array with a child `problem`, utf8: a line each,
 * "NAME: what is wrong". `problems_schema` may be NULL. */

typedef struct verger_verification verger_verification;

/* `manifest`: by verger_manifest_read. Memory: about 70 bytes a row, and all rejects. */
VERGER_EXPORT verger_status verger_verification_create(verger_text manifest,
                                                       verger_verification** verification,
                                                       verger_error* error);

/* Adds the rows of a part, in their order: `path`, and `error` for a part of Preprocessing. */
VERGER_EXPORT verger_status verger_verification_add_part(
    verger_verification* verification, verger_text name, const struct ArrowArray* rows,
    const struct ArrowSchema* rows_schema, struct ArrowArray* problems,
    struct ArrowSchema* problems_schema, verger_error* error);

/* Adds the PCA that the manifest lists, and Model/pca.json (size 0: there is none). */
VERGER_EXPORT verger_status verger_verification_add_pca(
    verger_verification* verification, verger_text document, verger_text page_document,
    struct ArrowArray* problems, struct ArrowSchema* problems_schema, verger_error* error);

/* Returns problems of more than one file, and the files of `listing` that the manifest does not
 * list. */
VERGER_EXPORT verger_status verger_verification_finish(const verger_verification* verification,
                                                       const struct ArrowArray* listing,
                                                       const struct ArrowSchema* listing_schema,
                                                       struct ArrowArray* problems,
                                                       struct ArrowSchema* problems_schema,
                                                       verger_error* error);

VERGER_EXPORT void verger_verification_free(verger_verification* verification);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_VERIFY_H_ */
