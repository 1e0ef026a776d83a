/* verger.h: the C interface of Verger's core, and the only way to call it.
 *
 * From photos to features, from features to principal components. The `verger` program and the
 * Python package both use this interface, so both give the same numbers.
 *
 * Batches are passed as Arrow C structs (the Arrow C data interface): a struct array whose children
 * are the columns of docs/feature-format.md. Input arrays are borrowed: they are only read, and
 * only during the call. An array that a call returns belongs to the caller, who releases it with
 * the array's own release callback.
 *
 * Every function that can fail returns a status. On any status but VERGER_OK its outputs are
 * unchanged, and `error`, which may be NULL, has a message that names the cause and the remedy.
 * Options structs start with their own size, so that later versions can append fields; a NULL
 * options pointer means all defaults. Handles may be freed in any order; freeing NULL does
 * nothing. Functions without a status cannot fail; their handles must not be NULL.
 *
 * A header a subject, below. Each includes those that it needs, and can be included alone.
 */
#ifndef VERGER_H_
#define VERGER_H_

#include "verger_app.h"
#include "verger_aws.h"
#include "verger_base.h"
#include "verger_buckets.h"
#include "verger_classify.h"
#include "verger_duplicates.h"
#include "verger_evaluate.h"
#include "verger_extract.h"
#include "verger_forget.h"
#include "verger_limits.h"
#include "verger_model.h"
#include "verger_output.h"
#include "verger_pca.h"
#include "verger_photos.h"
#include "verger_plan.h"
#include "verger_report.h"
#include "verger_search.h"
#include "verger_text.h"
#include "verger_traits.h"
#include "verger_tune.h"
#include "verger_verify.h"

#endif /* VERGER_H_ */
