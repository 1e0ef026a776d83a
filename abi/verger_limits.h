/* verger_limits.h: how much at a time. Part of verger.h, whose rules hold. */
#ifndef VERGER_LIMITS_H_
#define VERGER_LIMITS_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_limits {
  size_t struct_size;
  int64_t max_photo_bytes;    /* of an encoded photo: the default of max_bytes */
  int64_t max_call_bytes;     /* of the photos in one call of verger_extract: limits memory */
  int32_t photos_at_once;     /* in one call of verger_extract, unless a batch size is set */
  int32_t max_batch;          /* verger_extractor_options.batch_size */
  int32_t max_threads;        /* verger_extractor_options.threads, in program and package */
  int32_t max_dimension;      /* numbers in features, and components of a PCA */
  int32_t part_rows;          /* rows of a part, except in large outputs: verger_part_rows */
  int32_t read_tries;         /* of a photo in a folder, before an I/O error makes it a reject */
  int64_t max_photo_pixels;   /* of a photo: the default of max_pixels */
  int64_t largest_max_bytes;  /* the largest max_bytes that can be set */
  int64_t largest_max_pixels; /* the largest max_pixels that can be set */
  int32_t request_tries;      /* of a network request with a temporary failure */
  int32_t first_pause_ms;     /* before the second try; doubles with each try; the actual wait is */
  int32_t longest_pause_ms;   /* a random share of it, from half to all; this is its limit */
  int64_t max_sample_listing; /* photos of a listing that a sample is taken from */
  int64_t max_sample_bytes;   /* of the photos of a sample, but for the first */
  int32_t sample_spares;      /* photos of a sample that may be unreadable */
  int32_t sample_photos_of_label; /* in a sample by labels */
  int32_t calibration_photos;     /* that a calibration reads: verger_calibrate */
  int32_t choice_photos;          /* of the sample by which a precision is chosen ("auto") */
  int32_t min_photos_for_choice;  /* of a run; with fewer, "auto" is fp32 */
  double max_choice_seconds;      /* of such a choice */
} verger_limits;

/* Errors: VERGER_BAD_CALL if limits->struct_size is not set. */
VERGER_EXPORT verger_status verger_limits_get(verger_limits* limits, verger_error* error);

/* Returns why a photo of `bytes` bytes, above max_bytes, is rejected without being read. */
VERGER_EXPORT verger_status verger_too_large(int64_t bytes, int64_t max_bytes, verger_bytes* reason,
                                             verger_error* error);

/* Returns the rows of a part in an output of `photos` photos: 512 for up to 512 * 1024 photos; for
 * more, a 1024th of them, rounded up, but at most 128 MiB of features, and never below 512. Counts
 * below 0 are treated as 0, dimensions below 1 as 1. */
VERGER_EXPORT int64_t verger_part_rows(int64_t photos, int32_t dimension);

/* Returns the approximate disk space of the rows of `photos` photos, in bytes: in Preprocessing,
 * and again in Results. */
VERGER_EXPORT double verger_output_bytes(int64_t photos, int32_t dimension);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_LIMITS_H_ */
