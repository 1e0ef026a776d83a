/* verger_tune.h: which model: speed and nearness on a sample. Part of verger.h, whose rules hold.
 */
#ifndef VERGER_TUNE_H_
#define VERGER_TUNE_H_

#include "verger_model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_tune_options {
  size_t struct_size;
  int32_t threads;    /* of the engine; 0: as many as the processor has */
  double seconds;     /* approximate limit of the measurement; 0: 60 */
  int64_t work;       /* photos to extract afterwards, which limit it too; 0: unknown */
  int64_t max_pixels; /* as in verger_extractor_options */
  int64_t max_bytes;
  verger_progress progress; /* its step may be NULL; done and total count rounds of a candidate */
  verger_decoder decoder;   /* as in verger_calibrate_options */
} verger_tune_options;

/* Times the complete extraction with each model, in turns, compares their features, and chooses the
 * fastest model that is as good as the base, which is the first model.
 *
 * In:  `photos`: a struct array of `content` as verger_extract takes it, `path` and `label`, text:
 *      a sample, some hundred photos, in any order.
 * Out: a JSON object: `taken` (index of the chosen model), `why` and `rule` (texts for users),
 *      `by_labels` (whether accuracy by labels decided), `most_accurate` (index); `threads`,
 *      `sample` (photos), `rejected` (by the base), `labels`, `groups`, `chance` (accuracy of
 *      always guessing one label), `seconds`, `short_work` (only the base was measured, because it
 *      does `work` in seconds); `candidates`, a list of objects:
 *        model, sha256, precision, identity, width, height, dimension
 *        reference    index of the model that its features are compared with: the first in fp32
 *                     with the same file and preset
 *        lost         photos that it rejects and the base does not
 *        photos       how many were compared; 0: none, or it was not measured; then
 *                     photos_per_second and all keys below it are missing
 *        taken, as_good, why_not
 *        photos_per_second
 *        speed        as a multiple of the reference's
 *        prepare_seconds, mean_cosine, least_cosine
 *        classed      photos whose label has another group
 *        right        how many of these are classified correctly, by nearest centroids without
 *                     their own group
 *        base_right   the same for the base
 *        accuracy     missing if classed is 0
 *
 * If the base distinguishes the labels and at least 50 photos are classed, a model is as good if
 * its accuracy on the same photos is at most 0.5 points, or one photo, below the base's. Otherwise
 * it is as good if the mean cosine to the base is at least 0.995. A model that loses photos is
 * never as good. A model that the engine cannot prepare is not measured; its why_not has the
 * reason.
 *
 * Errors: VERGER_BAD_CALL without models or photos, or if the base rejects all photos;
 *         VERGER_STOPPED; those of verger_extractor_create for the base.
 * Memory: one network, compiled for each of its candidates, and features of the sample. */
VERGER_EXPORT verger_status verger_tune(const verger_model* const* candidates, size_t count,
                                        const struct ArrowArray* photos,
                                        const struct ArrowSchema* photos_schema,
                                        const verger_tune_options* options, verger_bytes* report,
                                        verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_TUNE_H_ */
