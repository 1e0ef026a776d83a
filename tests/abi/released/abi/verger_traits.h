/* verger_traits.h: colour, size and shape of a fruit. Part of verger.h, whose rules hold. */
#ifndef VERGER_TRAITS_H_
#define VERGER_TRAITS_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_traits_options {
  size_t struct_size;
  int64_t max_pixels; /* as in verger_extractor_options */
  int64_t max_bytes;
} verger_traits_options;

/* Measures the fruit on each photo: the largest region that differs from a plain background.
 *
 * In:    as verger_extract. `options` may be NULL.
 * Out:   a struct array with `error`: utf8, null if fine, as in verger_extract; and these float64
 *        columns, null for rejects, if the background is not plain, or if no region differs from
 *        it: lab_l (0 to 100), lab_a, lab_b: the region's mean colour in CIELAB, from sRGB under
 *        D65; area: its share of the photo, 0 to 1; roundness: 4 pi area / perimeter^2, 0 to 1.
 * Cost:  decodes each photo, one after the other. Safe from many threads.
 * See:   docs/numerics.md. An extractor with `traits` gives the same, and decodes once. */
VERGER_EXPORT verger_status verger_traits(const struct ArrowArray* photos,
                                          const struct ArrowSchema* photos_schema,
                                          const verger_traits_options* options,
                                          struct ArrowArray* traits,
                                          struct ArrowSchema* traits_schema, verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_TRAITS_H_ */
