/* verger_extract.h: photos -> features. Part of verger.h, whose rules hold. */
#ifndef VERGER_EXTRACT_H_
#define VERGER_EXTRACT_H_

#include "verger_model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_extractor verger_extractor;

typedef struct verger_extractor_options {
  size_t struct_size;
  int32_t threads;    /* of the engine; 0: as many as the processor has */
  int32_t batch_size; /* photos the network sees at a time; 0: the library's choice */
  int64_t max_pixels; /* a photo with more pixels, or more encoded bytes, is a reject; 0: the */
  int64_t max_bytes;  /* values of verger_limits; at most its largest_max_pixels, _bytes */
  int32_t streams;    /* batches computed at a time, with threads / streams threads each; 0: the */
                      /* engine's choice. Neither threads nor streams change a feature. */
  verger_text compiled; /* from verger_extractor_save; must be trusted, because the engine turns */
                        /* it into code; if damaged or unsuitable, it is ignored. {0}: none */
  int32_t traits;       /* not 0: also measure traits; not with a decoder */
  verger_decoder decoder; /* as in verger_calibrate_options; must outlive the extractor */
} verger_extractor_options;

/* Returns 64 hexadecimal digits that identify the compiled network: they depend on the network, its
 * identity and calibration, threads, batch and streams, the processor and the versions. Use them as
 * the name of the bytes of verger_extractor_save. Empty if saving would gain no time.
 *
 * Errors: as verger_extractor_create for its options. Cost: some milliseconds. */
VERGER_EXPORT verger_status verger_compiled_key(const verger_model* model,
                                                const verger_extractor_options* options,
                                                verger_bytes* key, verger_error* error);

/* Compiles a network; the model may be freed afterwards. Cost: a fraction of a second to
 * about a second. */
VERGER_EXPORT verger_status verger_extractor_create(const verger_model* model,
                                                    const verger_extractor_options* options,
                                                    verger_extractor** extractor,
                                                    verger_error* error);

/* Returns the compiled network for a later extractor with the same verger_compiled_key. Reading it
 * takes a sixth of the time of quantising and compiling int8. For fp32 and bf16 it would take about
 * as long as compiling, so the result is empty; it is also empty if the extractor was itself made
 * from such bytes.
 *
 * Size: about a byte per weight. */
VERGER_EXPORT verger_status verger_extractor_save(const verger_extractor* extractor,
                                                  verger_bytes* compiled, verger_error* error);

/* Returns how many batches the engine computes at a time: at most its threads and the cores. */
VERGER_EXPORT int32_t verger_extractor_streams(const verger_extractor* extractor);

/* Turns a batch of photos into a batch of features, the same rows in the same order.
 *
 * In:  a struct array with a child `content`: binary or large binary, the encoded photos.
 *      Other children are ignored.
 * Out: a struct array with `features`: list<float32>, null if rejected, and `error`: utf8, null if
 *      fine; with traits, also what verger_traits gives. `features_schema` may be NULL when the
 *      caller knows the schema.
 *
 * A photo that cannot be decoded is a row with `error` set, not a failed call.
 * Safe from many threads on one extractor: they decode in parallel and wait for a free stream. To
 * keep the engine busy, use at least as many callers as threads, and one more than streams. */
VERGER_EXPORT verger_status verger_extract(const verger_extractor* extractor,
                                           const struct ArrowArray* photos,
                                           const struct ArrowSchema* photos_schema,
                                           struct ArrowArray* features,
                                           struct ArrowSchema* features_schema,
                                           verger_error* error);

/* Returns 1 if the `error` of a photo may not occur again, because memory did not suffice, or a
 * decoder's time, else 0.
 * Store such a reject without size and time, so that the next run tries it again. */
VERGER_EXPORT int32_t verger_may_pass_later(verger_text error);

VERGER_EXPORT void verger_extractor_free(verger_extractor* extractor);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_EXTRACT_H_ */
