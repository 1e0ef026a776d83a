/* verger_output.h: outputs: manifests, steps, names, summaries. Part of verger.h, whose rules hold.
 */
#ifndef VERGER_OUTPUT_H_
#define VERGER_OUTPUT_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The rules of docs/feature-format.md, without I/O. The input is bytes and listings; the output is
 * bytes and lists of steps, which the caller carries out on its own storage. Safe from many
 * threads, except for calls on one handle. */

/* Checks a manifest (docs/feature-format.md) in any version of the format, and writes it in the
 * newest. Equal manifests give equal bytes; use this also to write the manifest of a new version.
 * `name` is for messages.
 *
 * Errors: VERGER_BAD_OUTPUT if it is damaged, lists files that verger could not have written, or
 *         is of a version that this library does not know. */
VERGER_EXPORT verger_status verger_manifest_read(verger_text json, const char* name,
                                                 verger_bytes* manifest, verger_error* error);

/* An output as a program has opened it. */
typedef struct verger_output {
  size_t struct_size;
  const char* place;    /* its printable name, for messages */
  verger_text manifest; /* of its latest version, by verger_manifest_read; size 0: there is none */
  int64_t version;      /* the number of that version; 0: there is none */
  const char* run;      /* the token of the run that writes, hexadecimal digits; NULL: a reader */
} verger_output;

/* A listing is a struct array with a child `name`, utf8 or binary: the files in the folders of an
 * output (Preprocessing, Results, Model, _verger, _verger/staged), with names relative to the
 * output, in any order.
 *
 * Steps are a struct array of action, name, other and message (utf8), to be carried out in order:
 *
 *   require-mark  `name` must be Parquet with the metadata verger.model.sha256, or fail with
 *                 `message`, as for VERGER_NOT_OURS
 *   require-pca   the bytes of `name` must contain "verger-pca", with quotes, or fail likewise
 *   remove        remove `name`, if it exists
 *   rename        rename the file `other` to `name`
 *   sync          make the names in the folder `name` durable
 *   create        write the manifest as `name` if no such file exists; otherwise fail with
 *                 `message`, as for VERGER_IN_USE
 *   copy          write the bytes of `other` to `name`, unless `name` has them
 *   touch         write an empty file `name`
 *
 * Consecutive steps with the same action may be carried out in parallel. */

/* Returns the name of the latest manifest, relative to the output (size 0: none), and its version
 * number. If the manifest cannot be read, list again: a commit removes the previous manifest. */
VERGER_EXPORT verger_status verger_output_latest(const struct ArrowArray* listing,
                                                 const struct ArrowSchema* listing_schema,
                                                 verger_bytes* name, int64_t* version,
                                                 verger_error* error);

typedef enum verger_stage {
  VERGER_STAGE_OPEN = 0,   /* first, for a run that has the lock: refuse unknown files, remove the
                              unfinished files of killed runs, complete the latest version */
  VERGER_STAGE_COMMIT = 1, /* make `next` the version after the latest, and complete it */
  VERGER_STAGE_GIVE_UP = 2 /* remove the staged files of this run only */
} verger_stage;

/* The steps of a stage. `next` is a manifest by verger_manifest_read, only for
 * VERGER_STAGE_COMMIT.
 *
 * Errors: VERGER_NOT_OURS, naming a file that verger did not write; VERGER_BAD_OUTPUT, naming a
 * file of `next` that is not in the listing. */
VERGER_EXPORT verger_status verger_output_steps(const verger_output* output, verger_stage stage,
                                                verger_text next, const struct ArrowArray* listing,
                                                const struct ArrowSchema* listing_schema,
                                                struct ArrowArray* steps,
                                                struct ArrowSchema* steps_schema,
                                                verger_error* error);

/* Checks that an output can be read: that it has features or, if `results` is not 0, Results.
 * Errors: VERGER_NOT_OURS, naming the command to run first. */
VERGER_EXPORT verger_status verger_output_require(const verger_output* output, int32_t results,
                                                  const struct ArrowArray* listing,
                                                  const struct ArrowSchema* listing_schema,
                                                  verger_error* error);

/* Unused numbers for the next parts of Preprocessing and of Results. */
typedef struct verger_part_numbers {
  int64_t preprocessing;
  int64_t results;
} verger_part_numbers;
VERGER_EXPORT verger_status verger_output_next_parts(const verger_output* output,
                                                     const struct ArrowArray* listing,
                                                     const struct ArrowSchema* listing_schema,
                                                     verger_part_numbers* next,
                                                     verger_error* error);

/* Returns the parts of Preprocessing that the manifest does not list, from a run that was stopped
 * before its commit. Out: a struct array with a child `name`, sorted. `parts_schema` may be NULL.
 */
VERGER_EXPORT verger_status verger_output_unlisted(const verger_output* output,
                                                   const struct ArrowArray* listing,
                                                   const struct ArrowSchema* listing_schema,
                                                   struct ArrowArray* parts,
                                                   struct ArrowSchema* parts_schema,
                                                   verger_error* error);

typedef enum verger_file {
  VERGER_FILE_PREPROCESSING = 0, /* Preprocessing/part-00012.parquet */
  VERGER_FILE_RESULTS = 1,       /* Results/part-00012.parquet */
  VERGER_FILE_MOMENTS = 2,       /* _verger/moments-000012.bin, where 12 is the next version */
  VERGER_FILE_PCA = 3            /* _verger/pca-000012.json, likewise */
} verger_file;

/* Returns the name of a file, relative to the output. With a `run`, the name contains its token,
 * such as part-00012-RUN.parquet: in a bucket, a paused run may lose its lock and continue later.
 * NULL: no token. */
VERGER_EXPORT verger_status verger_output_name(verger_file file, int64_t number, const char* run,
                                               verger_bytes* name, verger_error* error);

/* Returns the schema of a part, a struct of its columns: of VERGER_FILE_PREPROCESSING or _RESULTS.
 *
 * Errors: VERGER_BAD_CALL for another file. */
VERGER_EXPORT verger_status verger_part_schema(verger_file file, struct ArrowSchema* schema,
                                               verger_error* error);

/* Returns the name of a part of Results until VERGER_STAGE_COMMIT of its run renames it to `name`.
 */
VERGER_EXPORT verger_status verger_output_staged_name(const char* run, const char* name,
                                                      verger_bytes* staged, verger_error* error);

/* ---- summaries ---------------------------------------------------------------------------- */

typedef enum verger_summary_kind {
  VERGER_SUMMARY_JSON = 0,       /* for machines: all of it, one object */
  VERGER_SUMMARY_EXTRACTION = 1, /* for people: the photos, and up to 20 rejects */
  VERGER_SUMMARY_REDUCTION = 2   /* for people: the PCA, and the drift if it was kept */
} verger_summary_kind;

/* Returns the summary of a run, ending with a line feed.
 *
 * `manifest`: that of the version which the run made, or would have made. `facts`: a JSON object of
 * facts that the manifest does not record. A missing key means 0, or the default below:
 *   committed   false: no version was made, the output did not change; default true
 *   extracted   photos that the network processed, or that this run rejected
 *   reused      rows that existed before, or copies of rows with the same content
 *   vanished    rows that stay although their photos are no longer listed
 *   outdated    rows of another network, which were replaced
 *   repaired    damaged parts that were made again
 *   passed_over verger_listing_counts.passed_over, a list; if missing, the summary omits it
 *   unread      objects with path and reason: folders that could not be listed
 *   seconds     duration of the extraction
 *   s3_retries  requests that were sent again; if missing, the summary omits them
 *   isolation   names of what is around decoders in processes of their own, a list of texts; if
 *               missing, the summary omits it
 *   drift       null, or an object if the PCA was kept: photos, mean_shift, residual,
 *               expected_residual, refit (true or false), as in verger_drift
 * If `committed` is false, the summary reports what was done and lists the rejects, but nothing
 * about the state of the output; the summary of a reduction is then empty.
 *
 * Errors: VERGER_BAD_OUTPUT for bytes that are no manifest; VERGER_BAD_CALL for unknown facts or an
 *         unknown kind. */
VERGER_EXPORT verger_status verger_summary(verger_text manifest, verger_text facts,
                                           verger_summary_kind kind, verger_bytes* text,
                                           verger_error* error);

/* Returns why a run must stop, with examples and the remedy, if more than the share `most` of the
 * manifest's photos are rejects; otherwise no bytes. Errors: VERGER_BAD_OUTPUT. */
VERGER_EXPORT verger_status verger_too_many_rejects(verger_text manifest, double most,
                                                    verger_bytes* text, verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_OUTPUT_H_ */
