/* verger_photos.h: names of files -> photos. Part of verger.h, whose rules hold. */
#ifndef VERGER_PHOTOS_H_
#define VERGER_PHOTOS_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a listing treats a file, by its path alone; docs/what-is-read.md has endings and names. */
typedef enum verger_file_kind {
  VERGER_KIND_NONE = 0,          /* not counted: neither image nor video */
  VERGER_KIND_PHOTO = 1,         /* of a format that is decoded */
  VERGER_KIND_MAC_SIDE_FILE = 2, /* "._IMG_1.jpg" */
  VERGER_KIND_HIDDEN = 3,        /* its name, or a folder's on its path, begins with a dot */
  VERGER_KIND_SYSTEM = 4,        /* in a private folder of a system or a program */
  VERGER_KIND_RAW = 5,
  VERGER_KIND_TIFF = 6,
  VERGER_KIND_HEIF = 7,
  VERGER_KIND_AVIF = 8,
  VERGER_KIND_JPEG_XL = 9,
  VERGER_KIND_JPEG_2000 = 10,
  VERGER_KIND_GIF = 11,
  VERGER_KIND_BMP = 12,
  VERGER_KIND_VIDEO = 13
} verger_file_kind;
#define VERGER_KINDS 14

/* Numbers of files of a listing by verger_file_kind; calls add to them. */
typedef struct verger_listing_counts {
  size_t struct_size;
  int64_t listed[VERGER_KINDS];
  int64_t passed_over[VERGER_KINDS];
} verger_listing_counts;

/* Selects the photos and folders among the names below a folder, in the order of a walk.
 *
 * In:  a struct array with `name`: text or binary, the storage's name of a file or a folder below
 *      `folder`, with '/' between names; and `folder`: bool. All names must be in one call, because
 *      clashes are only detected within a call.
 *      `folder`: the printable path of the common folder; empty for the root.
 *      `root`: the name of the whole place, the label of photos outside folders.
 *      `include_hidden`: not 0: also list hidden files and files in system folders.
 * Out: a struct array with a row for each photo or folder, in ascending bytes of paths; the path of
 *      a folder ends in '/'. `row`: int64, the row in `names`. `path`: utf8, printable, unique
 *      except for folders that print alike, which the walk treats as one. `label`: utf8. `problem`:
 *      utf8; of a photo, why it must not be opened, or null; of a folder, null unless everything in
 *      it is passed over, so that nothing is lost if it cannot be listed.
 *      `walked_schema` may be NULL. Adds to `counts`.
 *
 * The result has photos, and images of formats that are not decoded, which become rejects, unless a
 * photo of the same shot is in their folder (IMG_1.CR2 beside IMG_1.jpg). If the names of photos
 * print alike, the first in the order of bytes keeps its path; the others have a problem, and
 * " (another)", " (another 2)" ... appended. Names of equal bytes count once.
 * Cost: about a second for 10^6 names. */
VERGER_EXPORT verger_status verger_walk_names(
    verger_text folder, verger_text root, int32_t include_hidden, const struct ArrowArray* names,
    const struct ArrowSchema* names_schema, verger_listing_counts* counts,
    struct ArrowArray* walked, struct ArrowSchema* walked_schema, verger_error* error);

/* Returns the prefix that all names of one shot have in common, such as "IMG_1" for "IMG_1.CR2".
 * It serves storage that lists page by page, where a page must not end between files of one shot.
 * `name` may include its folders. */
VERGER_EXPORT verger_status verger_shot_prefix(verger_text name, verger_bytes* prefix,
                                               verger_error* error);

/* Returns the rank of a photo, by its path: a sample has the photos with the lowest ranks. */
VERGER_EXPORT uint64_t verger_sample_rank(verger_text path);

/* Returns the files that were passed over, such as "20 side files of Macs, 3 RAW files"; no bytes
 * if there are none. */
VERGER_EXPORT verger_status verger_passed_over(const verger_listing_counts* counts,
                                               verger_bytes* text, verger_error* error);

/* Returns an error with the remedy if the listing of `place` has no photo that can be decoded, else
 * no bytes. `is_output`: not 0 if the output is the same place. */
VERGER_EXPORT verger_status verger_no_photos(verger_text place, int32_t is_output,
                                             const verger_listing_counts* counts,
                                             verger_bytes* text, verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_PHOTOS_H_ */
