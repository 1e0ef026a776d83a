/* verger_report.h: the page that shows an output: report.html. Part of verger.h, whose rules hold.
 */
#ifndef VERGER_REPORT_H_
#define VERGER_REPORT_H_

#include "verger_duplicates.h"
#include "verger_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The caller passes the tables of an output part by part, then photos. The result is one HTML file
 * that loads no other. The same output, facts and photos give the same bytes.
 *
 * Limits: a map of 1,048,576 points (beyond that, every second, third, ... photo), 4,096 labels by
 * name, about 12 MB of paths, thumbnails of 11,000 photos.
 * Memory: about 60 bytes per photo, up to these limits, and 5 kB per thumbnail. */

typedef struct verger_report verger_report;

typedef struct verger_report_options {
  size_t struct_size;
  int64_t version;        /* of the output; its manifest does not contain it */
  verger_text facts;      /* of the run that just ended, as for verger_summary; empty: no run */
  verger_decoder decoder; /* of thumbnails, as in verger_calibrate_options */
} verger_report_options;

/* Returns the name of the page, relative to OUT. */
VERGER_EXPORT const char* verger_report_name(void);

/* `manifest`: by verger_manifest_read. `pca`: the document; empty if the output has none.
 * Errors: VERGER_BAD_OUTPUT for other bytes. */
VERGER_EXPORT verger_status verger_report_create(verger_text manifest, verger_text pca,
                                                 const verger_report_options* options,
                                                 verger_report** report, verger_error* error);

/* Adds a part of Preprocessing (`path`, `label`, `size`, `modified`, `error`), in the order of the
 * manifest, and the part of Results that was made from it: `path`, and `features`, which are its
 * pca_features; NULL if there is none. `name` is for messages.
 * Errors: VERGER_BAD_OUTPUT if their photos differ. */
VERGER_EXPORT verger_status verger_report_add_part(verger_report* report, verger_text name,
                                                   const struct ArrowArray* rows,
                                                   const struct ArrowSchema* rows_schema,
                                                   const struct ArrowArray* scores,
                                                   const struct ArrowSchema* scores_schema,
                                                   verger_error* error);

/* Sets the options of verger_duplicates for the section "duplicates", and returns 1. Returns 0 if
 * the output has too many photos, so that this would take longer than everything else. */
VERGER_EXPORT int32_t verger_report_needs_duplicates(const verger_report* report,
                                                     verger_duplicates_options* options);

/* Adds a section, a JSON object: "duplicates", from verger_duplicates_finish, or "evaluation", from
 * verger_evaluation_finish. Other names are ignored. A second section of a name replaces the first.
 */
VERGER_EXPORT verger_status verger_report_add_section(verger_report* report, const char* name,
                                                      verger_text json, verger_error* error);

/* Call it after all parts. Returns the photos whose thumbnails the page can show, a struct array
 * with `path`, `size` and `modified` (microseconds since 1970): photos of each label, photos at the
 * ends of components, and others, evenly spread; at most 11,000, with at most 256 MiB in all. Empty
 * if paths are hashed. */
VERGER_EXPORT verger_status verger_report_thumbnail_photos(verger_report* report,
                                                           struct ArrowArray* photos,
                                                           struct ArrowSchema* photos_schema,
                                                           verger_error* error);

/* Adds some of these photos: `path`, and `content`, their bytes. If the content is null or no
 * photo, there is no thumbnail. Safe from many threads, after verger_report_thumbnail_photos. */
VERGER_EXPORT verger_status verger_report_add_photos(verger_report* report,
                                                     const struct ArrowArray* photos,
                                                     const struct ArrowSchema* photos_schema,
                                                     verger_error* error);

/* Returns the page. Errors: VERGER_BAD_CALL if parts are missing. */
VERGER_EXPORT verger_status verger_report_finish(verger_report* report, verger_bytes* html,
                                                 verger_error* error);

VERGER_EXPORT void verger_report_free(verger_report* report);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_REPORT_H_ */
