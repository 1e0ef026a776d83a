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
 * In this order: processors; models; photos -> features; tuning; features -> moments -> PCA; names
 * of files; outputs (manifests and steps, plans, verify, forget, duplicates); text, summaries,
 * limits; buckets. Then, in headers of their own: classifiers, evaluation, search, report.
 */
#ifndef VERGER_H_
#define VERGER_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define VERGER_EXPORT __attribute__((visibility("default")))
#else
#define VERGER_EXPORT
#endif

/* The Arrow C data interface, as its specification lays it out. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/* The result of a call; errors are grouped by their origin. */
typedef enum verger_status {
  VERGER_OK = 0,
  /* the call's */
  VERGER_BAD_CALL = 1,
  VERGER_INTERNAL = 2,
  /* the data's */
  VERGER_BAD_MODEL = 10,
  VERGER_BAD_FEATURES = 11,
  VERGER_BAD_OUTPUT = 12, /* a file of an output is damaged */
  VERGER_NOT_OURS = 13,   /* an output contains files that verger did not write */
  VERGER_IN_USE = 14,     /* another run writes to the output */
  VERGER_REFUSED = 15,    /* a bucket is in a region that is not allowed */
  /* the caller's */
  VERGER_STOPPED = 16 /* the caller's progress stopped the call */
} verger_status;

typedef struct verger_error {
  char message[1024]; /* UTF-8, ends with 0, cut if longer */
} verger_error;

/* Bytes that a call returns; free them with verger_bytes_free. */
typedef struct verger_bytes {
  const uint8_t* data;
  size_t size;
} verger_bytes;

/* Text that a call borrows: UTF-8, not terminated by 0. */
typedef struct verger_text {
  const char* data;
  size_t size;
} verger_text;

typedef struct verger_model verger_model;
typedef struct verger_extractor verger_extractor;
typedef struct verger_moments verger_moments;
typedef struct verger_pca verger_pca;
typedef struct verger_plan verger_plan;
typedef struct verger_contents verger_contents;

/* The version of the library, e.g. "1.2.3". Static. */
VERGER_EXPORT const char* verger_version(void);

/* The names that verger_model_options.preset accepts, separated by commas. Static. */
VERGER_EXPORT const char* verger_presets(void);

/* Names of the networks that come with it, separated by commas; first the default. Static. */
VERGER_EXPORT const char* verger_embedded_models(void);

/* The networks that can be downloaded: a JSON list of objects with name, file_name, url, bytes, md5,
 * preset and license. Static. */
VERGER_EXPORT const char* verger_model_sources(void);

/* Writes the SHA-256 of `data` as 64 hexadecimal digits and a 0. Safe from many threads. */
VERGER_EXPORT void verger_sha256(const void* data, size_t size, char hex[65]);

VERGER_EXPORT void verger_bytes_free(verger_bytes bytes);

/* ---- processors ----------------------------------------------------------------------------
 *
 * How many threads a process can run at a time, limited by its affinity and by the quotas of its
 * cgroups. The caller reads the files. */

/* Returns the folders of the process's cgroups and of their ancestors, one per line. `cgroups` and
 * `mounts`: the texts of /proc/self/cgroup and /proc/self/mountinfo. */
VERGER_EXPORT verger_status verger_cgroup_folders(verger_text cgroups, verger_text mounts,
                                                  verger_bytes* folders, verger_error* error);

/* Returns the number of usable threads, from 1 to `affinity`, the number of processors that the
 * process may run on. `quotas`: for each folder with a quota, the text of cpu.max (cgroups v2), or
 * of cpu.cfs_quota_us followed by cpu.cfs_period_us (v1), all separated by white space. */
VERGER_EXPORT int32_t verger_usable_threads(int32_t affinity, verger_text quotas);

/* ---- models ------------------------------------------------------------------------------- */

/* Reports the progress of a long call. The calling thread calls `step` repeatedly; a result other
 * than 0 stops the call, which then returns VERGER_STOPPED. */
typedef struct verger_progress {
  int32_t (*step)(void* user, int64_t done, int64_t total);
  void* user;
} verger_progress;

/* In place of a preset: the middle square of the photo, as reports show it. */
#define VERGER_THUMBNAIL "thumbnail"

/* A photo to decode, and the network that it is for. */
typedef struct verger_decode_request {
  size_t struct_size;
  verger_text photo;  /* the encoded bytes */
  const char* preset; /* `parts` of verger_model_describe, or VERGER_THUMBNAIL */
  int32_t width;      /* of the network's input, or of the thumbnail, which is a square */
  int32_t height;
  int64_t max_pixels; /* as in verger_extractor_options */
  int64_t max_bytes;
} verger_decode_request;

/* Decodes photos in place of the library, such as in a process without rights: `decode` does what
 * verger_decode does, mostly by calling it there. It is called from many threads at a time. A
 * status other than VERGER_OK fails the call that it is for, with its `error`. */
typedef struct verger_decoder {
  verger_status (*decode)(void* user, const verger_decode_request* request, uint8_t* pixels,
                          size_t size, verger_error* reason, verger_error* error);
  void* user;
} verger_decoder;

/* The reasons of photos that may pass in a later run start so: their decoder was killed from
 * outside, or took too long. */
#define VERGER_DECODER_KILLED "decoder killed"
#define VERGER_DECODER_LATE "decoder late"

/* Decodes a photo and resizes it to the network's input. Writes the pixels of all views of the
 * preset, one behind the other: `size` is 3 * width * height * views. `reason`: why the photo is
 * rejected, "" if it is not; pixels then have no meaning. Safe from many threads.
 *
 * Errors: VERGER_BAD_CALL for an unknown preset or another size; never for a photo.
 * Memory: 3 to 10 bytes a pixel of the photo, only during the call. */
VERGER_EXPORT verger_status verger_decode(const verger_decode_request* request, uint8_t* pixels,
                                          size_t size, verger_error* reason, verger_error* error);

typedef struct verger_calibrate_options {
  size_t struct_size;
  int32_t threads;    /* of the engine; 0: as many as the processor has */
  int64_t max_pixels; /* as in verger_extractor_options */
  int64_t max_bytes;
  verger_progress progress; /* its step may be NULL */
  verger_decoder decoder;   /* its decode may be NULL: decodes in this process */
} verger_calibrate_options;

typedef struct verger_model_options {
  size_t struct_size;
  const char* name;   /* for messages and identity; NULL: "model" */
  const char* preset; /* NULL: the default of the format; an ONNX file has none */
  const char* output; /* for ONNX: the tensor with the features; NULL: the only suitable output */
  const char* pool;   /* for ONNX: "cls" or "mean", for tokens and maps; NULL: none */
  const char* precision;   /* "fp32", "bf16" or "int8"; NULL: fp32 */
  const char* calibration; /* for int8: text of verger_calibrate; NULL: the embedded network's */
} verger_model_options;

/* A preset is a name of verger_presets(), parts of one, or both, separated by commas: "timm",
 * "scale=-1..1,filter=bicubic", "timm,filter=bilinear". A later entry overrides an earlier
 * one, and a name sets every part. A caller with a file's preset therefore appends the user's
 * options to it.
 *
 *   scale     0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD: one number or three of each, in the
 *             order of the channels, of pixels from 0 to 1, or from 0 to 255 if one is above 1
 *   filter    nearest, box, bilinear, hamming, bicubic (the default) or lanczos, as in Pillow
 *   channels  rgb (the default) or bgr
 *   resize    stretch (the default); crop:SHARE or crop:PIXELS cut the centre out of a photo whose
 *             shorter side was resized to the input's side / SHARE, or to PIXELS
 *   size      pixels of a side of the network's input, from 112 to 320, a multiple of 4; by default
 *             the network's own
 *   decode    exact (the default); fast: a JPEG is decoded at the smallest of 1/2, 1/4 and 1/8 of
 *             its size that has at least twice the pixels it is resized to; features differ
 *   views     1 (the default), 3 or 8: features are the mean over so many views of a photo. 3: the
 *             whole, its mirror image, and the middle without a tenth at each end of each side. 8:
 *             the four quarter turns of the whole and of its mirror image; needs a square input */

/* Reads a network from memory: Keras's ResNet50 (.h5, .weights.h5, .keras) or ONNX, distinguished
 * by content.
 *
 * Errors: VERGER_BAD_MODEL for bytes that are no supported network; VERGER_BAD_CALL for an unknown
 *         preset or pooling.
 * Memory: 2 to 3 times the file during the call. */
VERGER_EXPORT verger_status verger_model_read(const void* data, size_t size,
                                              const verger_model_options* options,
                                              verger_model** model, verger_error* error);

/* Returns the names of the network's side files, which contain some of its weights: each followed
 * by a newline, relative to the network's folder, and inside it; empty for most networks. The
 * caller reads the files for verger_model_join. `name` is for messages.
 *
 * Errors: VERGER_BAD_MODEL for a name outside the folder. */
VERGER_EXPORT verger_status verger_model_side_files(const void* data, size_t size, const char* name,
                                                    verger_bytes* names, verger_error* error);

/* Joins a network and its `count` side files into one file for verger_model_read.
 *
 * Errors: VERGER_BAD_MODEL for side files that are missing or too short, or of another network. */
VERGER_EXPORT verger_status verger_model_join(const void* data, size_t size, const char* name,
                                              const verger_text* side_names,
                                              const verger_text* side_files, size_t count,
                                              verger_bytes* whole, verger_error* error);

/* Explains in `error` what a folder contains that a user gave as a network, and the remedy.
 * `names`: the folder's entries, each followed by a newline. Always returns VERGER_BAD_MODEL,
 * unless the call itself fails. */
VERGER_EXPORT verger_status verger_model_is_folder(const char* name, verger_text names,
                                                   verger_error* error);

/* Opens an embedded network, with its ImageNet weights: "efficientnet-lite0" (the default, also for
 * NULL), "efficientnet-lite1" or "efficientnet-lite2". Of its preset, size, decode and views vary.
 *
 * Errors: VERGER_BAD_CALL for another name, other parts of a preset, an output or a pooling;
 *         VERGER_BAD_MODEL, with what installs it, for a network that is not installed. */
VERGER_EXPORT verger_status verger_model_embedded(const char* name,
                                                  const verger_model_options* options,
                                                  verger_model** model, verger_error* error);

/* Measures the activations of a network on one or two hundred typical photos, for its quantisation
 * to int8. Returns text in base64, 50 to 90 kB. The same photos in the same order give the same
 * text; an output stores it, so that later runs can continue the output. `model` is in fp32.
 *
 * In:     as verger_extract; photos that cannot be decoded are ignored.
 * Errors: VERGER_BAD_CALL if no photo can be decoded, or if the network has no convolutions;
 *         VERGER_STOPPED.
 * Cost:   the time of fp32 for each photo. */
VERGER_EXPORT verger_status verger_calibrate(const verger_model* model,
                                             const struct ArrowArray* photos,
                                             const struct ArrowSchema* photos_schema,
                                             const verger_calibrate_options* options,
                                             verger_bytes* calibration, verger_error* error);

/* Completes the options of a run from the rows of its output. If `preset` and `precision` ("": not
 * set) do not set the precision, input size, decoding or views, the values of the rows are used,
 * provided that the rows come from the same network file; their calibration is used only if it is
 * for the same preset and output tensor. `manifest`: "" for a new output. `model`: the requested
 * network, in fp32. Returns a JSON object: preset, precision, calibration; "" for unset values.
 *
 * Errors: VERGER_BAD_OUTPUT for bytes that are no manifest. */
VERGER_EXPORT verger_status verger_model_choice(verger_text manifest, const verger_model* model,
                                                verger_text preset, verger_text precision,
                                                verger_bytes* choice, verger_error* error);

/* Returns 1 if this processor computes in bf16, else 0; without it, bf16 is refused. */
VERGER_EXPORT int32_t verger_has_bf16(void);

/* Returns a JSON object, which belongs to the model:
 *   name, format, sha256
 *   preset       its name, or its parts if no name has them; followed by ",size=N", ",decode=fast"
 *                and ",views=N" if these are set
 *   parts        the preset's parts, with the same suffixes
 *   identity     of the preset, the choice of features and the precision
 *   precision
 *   calibration  its text for int8, else ""
 *   calibrated   true if int8 needs no calibration
 *   dimension, width, height
 *   views        of a photo, whose mean the features are
 *   batch        the batch size that the network requires; 0: any
 *   notes        a list of texts for the user, such as that the features look like class scores */
VERGER_EXPORT const char* verger_model_describe(const verger_model* model);

/* Writes an EfficientNet-Lite of any input size as the file that the phone app computes it from, in
 * float32 whatever the model's precision. `weights`: "fp32" (13.5 MB for EfficientNet-Lite0),
 * "fp16" or "int8", "int9", ... "int16"; NULL: "int11". With fewer bits the file is smaller, and
 * features differ more from the program's (docs/decisions/0019-app-engine.md).
 *
 * Errors: VERGER_BAD_MODEL for another network; VERGER_BAD_CALL for other weights. */
VERGER_EXPORT verger_status verger_model_app_network(const verger_model* model, const char* weights,
                                                     verger_bytes* network, verger_error* error);

VERGER_EXPORT void verger_model_free(verger_model* model);

/* ---- photos -> features ------------------------------------------------------------------- */

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

/* ---- which model: speed and nearness on a sample ------------------------------------------- */

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

/* ---- features -> moments ------------------------------------------------------------------ */

/* Checks that `copies` moments, each of dimension * (dimension + 1) / 2 doubles, fit into
 * `available` bytes. Call it before long work.
 *
 * Errors: VERGER_INTERNAL, with the remedy. */
VERGER_EXPORT verger_status verger_moments_require_memory(int32_t dimension, int32_t copies,
                                                          uint64_t available, verger_error* error);

/* Creates moments: count, mean and scatter of features, the input of PCA. Empty moments take almost
 * no memory; a call without enough memory returns VERGER_INTERNAL and changes nothing. Not safe
 * from many threads: give each thread its own moments and merge them.
 * Requires: 1 <= dimension <= 65536. */
VERGER_EXPORT verger_status verger_moments_create(int32_t dimension, verger_moments** moments,
                                                  verger_error* error);

/* Adds the rows of a struct array with a child `features`: list or large list of float32. Null rows
 * are ignored.
 *
 * Errors: VERGER_BAD_FEATURES for a row of another length or a value that is not finite; then no
 *         row of the batch is added. */
VERGER_EXPORT verger_status verger_moments_add(verger_moments* moments,
                                               const struct ArrowArray* features,
                                               const struct ArrowSchema* schema,
                                               verger_error* error);

/* Adds all rows of `other`. Moments may be merged in any order. */
VERGER_EXPORT verger_status verger_moments_merge(verger_moments* moments,
                                                 const verger_moments* other, verger_error* error);

VERGER_EXPORT int64_t verger_moments_count(const verger_moments* moments);

/* Returns bytes from which verger_moments_load restores the moments bit for bit; 16.8 MB for 2048
 * features. */
VERGER_EXPORT verger_status verger_moments_save(const verger_moments* moments, verger_bytes* bytes,
                                                verger_error* error);

/* Errors: VERGER_BAD_FEATURES for bytes that are not whole saved moments. */
VERGER_EXPORT verger_status verger_moments_load(const void* data, size_t size,
                                                verger_moments** moments, verger_error* error);

VERGER_EXPORT void verger_moments_free(verger_moments* moments);

/* ---- moments -> PCA ----------------------------------------------------------------------- */

typedef struct verger_pca_options {
  size_t struct_size;
  int32_t components;    /* how many; 0: as many as `variance_share` needs */
  double variance_share; /* above 0 and below 1: the share of the variance to explain; else 0 */
  /* The network of the features; stored with the PCA. NULL: "". */
  const char* model_name;
  const char* model_sha256;
  const char* preset_identity;
  int32_t fewer_will_do; /* not 0: fewer than `components` if the rows do not allow as many */
} verger_pca_options;

/* Fits the leading principal components; docs/numerics.md has the rule for their signs.
 *
 * Errors: VERGER_BAD_CALL unless exactly one of components and variance_share is set;
 *         VERGER_BAD_FEATURES if the rows do not allow as many; names the largest number. */
VERGER_EXPORT verger_status verger_pca_fit(const verger_moments* moments,
                                           const verger_pca_options* options, verger_pca** pca,
                                           verger_error* error);

VERGER_EXPORT int32_t verger_pca_components(const verger_pca* pca);

typedef enum verger_scores {
  VERGER_SCORES_CENTRED = 0, /* the mean is subtracted first, as in scikit-learn */
  VERGER_SCORES_SPARK = 1    /* it is not, as in Spark ML */
} verger_scores;

/* Projects the rows of a struct array with a child `features`.
 *
 * Out: a struct array with `pca_features`: list<float32>; null where `features` is null.
 *      `scores_schema` may be NULL.
 * Errors: VERGER_BAD_FEATURES for a row of another length.
 * Safe from many threads on one PCA. */
VERGER_EXPORT verger_status verger_pca_project(const verger_pca* pca, verger_scores scores,
                                               const struct ArrowArray* features,
                                               const struct ArrowSchema* features_schema,
                                               struct ArrowArray* scores_array,
                                               struct ArrowSchema* scores_schema,
                                               verger_error* error);

/* Returns the JSON document of docs/feature-format.md, not terminated by 0. */
VERGER_EXPORT verger_status verger_pca_to_json(const verger_pca* pca, verger_bytes* json,
                                               verger_error* error);

/* Errors: VERGER_BAD_FEATURES for a document that is not a whole PCA of a known version. */
VERGER_EXPORT verger_status verger_pca_from_json(const char* json, size_t size, verger_pca** pca,
                                                 verger_error* error);

/* How far new features are from those that a PCA was fitted to. */
typedef struct verger_drift {
  size_t struct_size;
  int64_t rows;             /* new rows */
  double mean_shift;        /* between the means, in standard deviations of the fitted features */
  double residual;          /* share of the new features' energy outside the components */
  double expected_residual; /* the same for the fitted features */
  int32_t refit;            /* not 0: much larger than by chance for photos of the same kind */
} verger_drift;

/* Compares new features, by their moments `fresh`, with those that a PCA was fitted to.
 *
 * Cost:   components * dimension^2 multiply-adds.
 * Errors: VERGER_BAD_FEATURES if the dimensions differ or there are no rows;
 *         VERGER_BAD_CALL if drift->struct_size is not set. */
VERGER_EXPORT verger_status verger_pca_drift(const verger_pca* pca, const verger_moments* fresh,
                                             verger_drift* drift, verger_error* error);

VERGER_EXPORT void verger_pca_free(verger_pca* pca);

/* ---- names of files -> photos ------------------------------------------------------------- */

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

/* ---- outputs -------------------------------------------------------------------------------
 *
 * The rules of docs/feature-format.md, without I/O. The input is bytes and listings; the output is
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

/* ---- outputs: plans ------------------------------------------------------------------------
 *
 * A plan determines which rows of a run exist and which are missing. It merges the listing of
 * photos with the rows of an output, both in the order of the bytes of their paths, so that neither
 * is in memory as a whole. It does no I/O: verger_plan_next returns its next request, until it has
 * none.
 *
 * A row stays while its photo has the same path, size and modification time. Rows of photos that
 * are no longer listed stay, unless they are rejects or drop_vanished is set; all rows of a folder
 * that could not be listed stay. A part stays if all its rows stay; from a part that does not stay,
 * the rows that stay are copied into a new part. */

typedef struct verger_plan_options {
  size_t struct_size;
  const char* model_sha256;   /* of the network of this run */
  const char* model_identity; /* of its preset */
  int32_t dimension;          /* of its features */
  int32_t drop_vanished;      /* not 0: drop rows of photos that are no longer listed */
  int32_t hashed;             /* not 0: paths are hashes, in the listing and in rows */
  int32_t check_all;          /* not 0: every part is read as a whole, and its SHA-256 compared */
  int64_t max_pixels;         /* as in verger_extractor_options: rejects of lower limits are */
  int64_t max_bytes;          /* tried again */
} verger_plan_options;

/* `files`: a struct array with `name` (utf8 or binary), `bytes` (int64) and `modified` (int64,
 * microseconds since 1970), the files in Preprocessing and _verger, with names relative to the
 * output. A part that storage has not changed since the manifest was written is trusted, and read
 * without its features. Every other part is read completely.
 *
 * Memory: 9 bytes per row of the output, and the rows of parts whose ranges of paths overlap. */
VERGER_EXPORT verger_status verger_plan_create(const verger_output* output,
                                               const struct ArrowArray* files,
                                               const struct ArrowSchema* files_schema,
                                               const verger_plan_options* options,
                                               verger_plan** plan, verger_error* error);

typedef enum verger_plan_request {
  VERGER_REQUEST_QUEUE = 0,   /* verger_plan_queue: the parts that it will request, in order */
  VERGER_REQUEST_PART = 1,    /* verger_plan_add_part: the next of the queue */
  VERGER_REQUEST_LISTING = 2, /* verger_plan_add_listing: the next photos */
  VERGER_REQUEST_TODO = 3,    /* verger_plan_todo: some rows to make */
  VERGER_REQUEST_NOTHING = 4  /* verger_plan_result */
} verger_plan_request;

/* Merges as far as the input allows, and returns the next request: the same one until it is
 * fulfilled. Errors: VERGER_INTERNAL if memory does not suffice; then the plan can only be freed.
 */
VERGER_EXPORT verger_status verger_plan_next(verger_plan* plan, verger_plan_request* request,
                                             verger_error* error);

/* Out: a struct array with `part` (int64, the part's number), `name` (utf8) and `whole` (int64; 1:
 * read the whole file, and pass its size and SHA-256; else 0). */
VERGER_EXPORT verger_status verger_plan_queue(verger_plan* plan, struct ArrowArray* queue,
                                              struct ArrowSchema* queue_schema,
                                              verger_error* error);

typedef struct verger_part_content {
  size_t struct_size;
  int64_t bytes;              /* of a whole file */
  const char* sha256;         /* of a whole file; NULL: not requested */
  const char* model_sha256;   /* the file's metadata verger.model.sha256; NULL: none */
  const char* model_identity; /* its verger.model.preset; NULL: none */
} verger_part_content;

/* `rows`: a struct array with path, label, size, modified, sha256 and error as in a part of
 * Preprocessing, without null structs; on VERGER_OK the plan owns the array, and rows->release
 * is NULL. NULL: the part cannot be read.
 * Errors: VERGER_BAD_CALL for other columns, or if no part is requested; VERGER_BAD_OUTPUT if the
 * part has changed since it was first passed. */
VERGER_EXPORT verger_status verger_plan_add_part(verger_plan* plan,
                                                 const verger_part_content* content,
                                                 struct ArrowArray* rows,
                                                 const struct ArrowSchema* rows_schema,
                                                 verger_error* error);

/* `photos`: a struct array with `path`, `label` (utf8), `size`, `modified` (int64; null:
 * unknown), `problem` (utf8, why the photo must not be opened; null: none) and `file` (the
 * storage's name of it; null if that is `path`), in ascending order of paths over all calls. The
 * plan owns the array, as above. A path that ends in '/' is a folder that could not be listed; if
 * paths are hashes, "/" stands for all such folders. NULL: no more photos. Errors: VERGER_BAD_CALL
 * for paths out of order. */
VERGER_EXPORT verger_status verger_plan_add_listing(verger_plan* plan, struct ArrowArray* photos,
                                                    const struct ArrowSchema* photos_schema,
                                                    verger_error* error);

/* Out: a struct array with path, label, size, modified, problem and file (binary) as listed, and
 * sha256, error, part and row (int64). If `part` is not null, the row is a copy of that row of
 * that part: of its features, or of its reject. If it is null, the photo must be read. */
VERGER_EXPORT verger_status verger_plan_todo(verger_plan* plan, struct ArrowArray* todo,
                                             struct ArrowSchema* todo_schema, verger_error* error);

/* Returns a JSON object: `kept` (the parts that stay, as in a manifest), `kept_all_listed` (whether
 * these include every part of the manifest), `unlisted` (the names in `kept` that no manifest lists
 * yet), `replaced` (the names of all other parts), `damaged` (the names in `replaced` that cannot
 * be read), `parts` (names by number), `rejects` (of rows that stay, as in a manifest), `labels`
 * (of rows that stay and have features), and the numbers `listed`, `vanished` (rows that stay
 * without their photo), `unread` (rows that stay in folders that could not be listed), `outdated`
 * (rows of another network), `todo` and `taken` (those of `todo` that have a part).
 *
 * Errors: VERGER_BAD_CALL unless the plan has no more requests. */
VERGER_EXPORT verger_status verger_plan_result(verger_plan* plan, verger_bytes* result,
                                               verger_error* error);

/* Moves the plan's table of contents to the caller: it finds the row of a photo with equal bytes.
 */
VERGER_EXPORT verger_status verger_plan_contents(verger_plan* plan, verger_contents** contents,
                                                 verger_error* error);

VERGER_EXPORT void verger_plan_free(verger_plan* plan);

/* Finds the part and row of a photo with this SHA-256. Returns 1, or 0 if there is none or an
 * argument is NULL. With 10^7 rows, one in 10^9 look-ups returns a row with another hash: compare
 * the row's SHA-256. Safe from many threads. */
VERGER_EXPORT int32_t verger_contents_find(const verger_contents* contents, const char* sha256,
                                           int64_t* part, int64_t* row);

/* Serialises the table, 9 bytes per row, for other processes of the same run on machines with the
 * same byte order. Errors of loading: VERGER_BAD_CALL for incomplete bytes. */
VERGER_EXPORT verger_status verger_contents_save(const verger_contents* contents,
                                                 verger_bytes* bytes, verger_error* error);
VERGER_EXPORT verger_status verger_contents_load(const void* data, size_t size,
                                                 verger_contents** contents, verger_error* error);
VERGER_EXPORT void verger_contents_free(verger_contents* contents);

/* ---- outputs: verify -----------------------------------------------------------------------
 *
 * Compares an output with its manifest. The caller reads every file that the manifest lists,
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

/* ---- outputs: forget -----------------------------------------------------------------------
 *
 * Erases photos from an output, as if they had never been in it: finds their rows, and proves that
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

/* ---- outputs: duplicates -------------------------------------------------------------------
 *
 * Finds photos of equal bytes, and pairs of photos with nearly equal features. The caller passes
 * the tables of an output part by part. */

typedef struct verger_duplicates verger_duplicates;

typedef struct verger_duplicates_options {
  size_t struct_size;
  int32_t near_pairs;    /* not 0: also pairs whose features are at most `within` apart */
  double within;         /* in standard deviations; two photos at random: about 1.4 */
  int64_t most;          /* how many of these pairs to list, nearest first; all are counted */
  int32_t across_labels; /* not 0: only groups and pairs with more than one label */
} verger_duplicates_options;

/* `manifest`: by verger_manifest_read. Memory: about 200 bytes per photo; for near pairs, 6 more
 * bytes for each number of its pca_features, and up to 256 MB of features. */
VERGER_EXPORT verger_status verger_duplicates_create(verger_text manifest,
                                                     const verger_duplicates_options* options,
                                                     verger_duplicates** duplicates,
                                                     verger_error* error);

/* Adds all rows of the next part of Preprocessing (`path`, `label`, `sha256`, `error`), in the
 * order of the manifest. Errors: VERGER_BAD_CALL if the manifest has no more parts. */
VERGER_EXPORT verger_status verger_duplicates_add_part(verger_duplicates* duplicates,
                                                       const struct ArrowArray* rows,
                                                       const struct ArrowSchema* rows_schema,
                                                       verger_error* error);

/* For near pairs, after all parts: adds a part of Results, by its name: `path`, and `features`,
 * which are its pca_features. Errors: VERGER_BAD_OUTPUT if its photos are not those of its source.
 */
VERGER_EXPORT verger_status verger_duplicates_add_scores(verger_duplicates* duplicates,
                                                         verger_text name,
                                                         const struct ArrowArray* rows,
                                                         const struct ArrowSchema* rows_schema,
                                                         verger_error* error);

/* Finds candidates. `pca`: the document. `done`, which may be NULL, is called with the number of
 * photos compared since its last call. Errors: VERGER_BAD_CALL for more than a million candidates.
 */
VERGER_EXPORT verger_status verger_duplicates_search(verger_duplicates* duplicates, verger_text pca,
                                                     void (*done)(void* context, int64_t photos),
                                                     void* context, verger_error* error);

/* Returns the parts of Preprocessing whose features must be added before the next call, a struct
 * array with a child `name`; empty: all candidates are measured. */
VERGER_EXPORT verger_status verger_duplicates_needed_parts(verger_duplicates* duplicates,
                                                           struct ArrowArray* names,
                                                           struct ArrowSchema* names_schema,
                                                           verger_error* error);

/* Adds the column `features` of such a part. */
VERGER_EXPORT verger_status verger_duplicates_add_features(verger_duplicates* duplicates,
                                                           verger_text name,
                                                           const struct ArrowArray* features,
                                                           const struct ArrowSchema* schema,
                                                           verger_error* error);

/* Returns, once, the JSON object of `verger duplicates --json`. `photos`: how many were read;
 * `equal`: objects with sha256, across_labels and photos (path, label), by their first path;
 * `spare`: how many photos of `equal` are redundant. For near pairs also `within`, `near_pairs` and
 * `near_across_labels` (their numbers), and `near`: objects with distance, across_labels and
 * photos, nearest first. */
VERGER_EXPORT verger_status verger_duplicates_finish(verger_duplicates* duplicates,
                                                     verger_bytes* json, verger_error* error);

VERGER_EXPORT void verger_duplicates_free(verger_duplicates* duplicates);

/* ---- text for people ---------------------------------------------------------------------- */

/* Returns `raw` as printable UTF-8, as in rows and messages: control characters, invalid UTF-8, and
 * characters that change the direction of text or break a line become \xNN, byte by byte. */
VERGER_EXPORT verger_status verger_printable(verger_text raw, verger_bytes* text,
                                             verger_error* error);

/* The columns that `text` takes on a terminal: 2 for a wide character (CJK, emoji), 0 for a
 * combining one, at most 2 for a grapheme cluster. Requires: no control characters, which
 * verger_printable replaces. */
VERGER_EXPORT verger_status verger_display_width(verger_text text, int32_t* columns,
                                                 verger_error* error);

/* 94765736 -> "94,765,736". */
VERGER_EXPORT verger_status verger_with_commas(uint64_t number, verger_bytes* text,
                                               verger_error* error);

/* 1, "photo", "photos" -> "1 photo"; 1014 -> "1,014 photos". Requires: count >= 0. */
VERGER_EXPORT verger_status verger_pluralize(int64_t count, verger_text one, verger_text many,
                                             verger_bytes* text, verger_error* error);

/* In decimal units, as disks are sold: 94765736 -> "94.8 MB". */
VERGER_EXPORT verger_status verger_human_bytes(double bytes, verger_bytes* text,
                                               verger_error* error);

/* ---- outputs: summaries ------------------------------------------------------------------- */

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

/* ---- limits: how much at a time ----------------------------------------------------------- */

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

/* ---- buckets: locks, regions, errors -------------------------------------------------------
 *
 * The lock of an output in a bucket is an object that identifies the run that writes. It is put if
 * absent, renewed every verger_lock_renew_seconds, and removed at the end. */

VERGER_EXPORT int64_t verger_lock_renew_seconds(void);

/* A lock of at least this age belongs to a killed run, and may be taken over. */
VERGER_EXPORT int64_t verger_lock_stale_seconds(void);

/* Milliseconds to wait between putting the lock and reading it back, on a server that does not
 * refuse a second put: by then, a rival that found no lock has put its own. */
VERGER_EXPORT int64_t verger_lock_pause_milliseconds(void);

/* Returns the bytes of the lock. `token` is random; `host` identifies a boot of a machine and its
 * process namespace, "" if unknown; `start` is the start time of the process. */
VERGER_EXPORT verger_status verger_lock_document(verger_text token, verger_text host,
                                                 int64_t process, verger_text start,
                                                 verger_bytes* document, verger_error* error);

/* Returns the ID of the process on `host` that wrote a lock; 0 if unknown. */
VERGER_EXPORT int64_t verger_lock_process(verger_text document, verger_text host);

/* Returns 1 if the run that wrote a lock certainly no longer exists, else 0. About the process
 * verger_lock_process: `start_seen` is its start time, "" if unknown; `process_exists` is not 0 if
 * it exists, even if the caller may not inspect it. */
VERGER_EXPORT int32_t verger_lock_is_gone(verger_text document, verger_text host,
                                          verger_text start_seen, int32_t process_exists,
                                          int64_t age_seconds);

/* Returns the allowed regions as "eu-west-3,eu-west-1", without spaces and empty names; "any" if
 * the list has it; "" if the list is empty: then AWS's buckets must be in Paris, and other servers
 * are not restricted. Errors: VERGER_BAD_CALL for an invalid name of a region. */
VERGER_EXPORT verger_status verger_regions_read(verger_text list, verger_bytes* regions,
                                                verger_error* error);

/* Normalises an endpoint, such as "https://host:port": lower case, no '/' at the end, no default
 * port of the scheme.
 * Errors: VERGER_BAD_CALL for an invalid endpoint, or one that parsers could read in two ways. */
VERGER_EXPORT verger_status verger_endpoint_read(verger_text url, verger_bytes* endpoint,
                                                 verger_error* error);

/* Returns the host of a URL, whether it is AWS's (1, or 0), and the label in the region's place of
 * an AWS host name: "eu-west-3", or "iam". Errors: VERGER_BAD_CALL if parsers could read two hosts.
 */
VERGER_EXPORT verger_status verger_host_read(verger_text url, verger_bytes* host, int32_t* is_aws,
                                             verger_bytes* region, verger_error* error);

/* Returns the endpoint of S3 in a region of AWS. */
VERGER_EXPORT verger_status verger_s3_endpoint(verger_text region, verger_bytes* endpoint,
                                               verger_error* error);

typedef struct verger_bucket {
  verger_text name;
  verger_text endpoint; /* by verger_endpoint_read; "": AWS's own */
  verger_text region;   /* as configured; "": none */
} verger_bucket;

/* Returns the first request to send: HEAD of the bucket at `endpoint`, signed, if at all, for
 * `region`. If `endpoint` is empty, no request is needed, and `region` is the region to use.
 * `allowed`: by verger_regions_read.
 * Errors: VERGER_REFUSED for an endpoint of AWS outside the allowed regions; VERGER_BAD_CALL for an
 * invalid name of a region. */
VERGER_EXPORT verger_status verger_region_question(const verger_bucket* bucket, verger_text allowed,
                                                   verger_bytes* endpoint, verger_bytes* region,
                                                   verger_error* error);

/* Returns the region to use. `answer`: the header x-amz-bucket-region, "" if missing.
 * Errors: VERGER_REFUSED, naming bucket, region and remedy. */
VERGER_EXPORT verger_status verger_region_check(const verger_bucket* bucket, verger_text allowed,
                                                verger_text answer, verger_bytes* region,
                                                verger_error* error);

/* Checks that the text after "s3://" begins with the name of a bucket, or is an ARN alone.
 * Errors: VERGER_BAD_CALL, with a correction. */
VERGER_EXPORT verger_status verger_bucket_check(verger_text place, verger_error* error);

/* What an error of S3 means. */
typedef enum verger_s3_kind {
  VERGER_S3_OTHER = 0,
  VERGER_S3_MISSING = 1,       /* there is no such object */
  VERGER_S3_NO_BUCKET = 2,     /* there is no such bucket */
  VERGER_S3_DENIED = 3,        /* these credentials may not do it */
  VERGER_S3_CREDENTIALS = 4,   /* the credentials have expired or are invalid */
  VERGER_S3_WRONG_REGION = 5,  /* the bucket is in another region */
  VERGER_S3_NOT_SUPPORTED = 6, /* the server does not support the request */
  VERGER_S3_MAY_PASS = 7       /* a temporary error of the network or the server */
} verger_s3_kind;

/* `status`: of HTTP, 0 if unknown; `code`: S3's error code, "" if there is none. */
VERGER_EXPORT verger_s3_kind verger_s3_kind_of(int32_t status, verger_text code);

/* Returns code and message from the XML body of an answer; "" if missing. */
VERGER_EXPORT verger_status verger_s3_body(verger_text body, verger_bytes* code,
                                           verger_bytes* message, verger_error* error);

/* Returns an error in one line: "cannot VERB 'PATH': S3's message; the remedy". */
VERGER_EXPORT verger_status verger_s3_error(verger_text verb, verger_text path, int32_t status,
                                            verger_text code, verger_text message,
                                            verger_s3_kind* kind, verger_bytes* line,
                                            verger_error* error);

/* The same for a put that was refused, or that succeeded without fulfilling its condition or its
 * encryption: `conditional` is not 0 for If-None-Match or If-Match; `encryption` is the value of
 * --sse, "" for none. */
VERGER_EXPORT verger_status verger_s3_put_error(verger_text path, int32_t status, verger_text code,
                                                verger_text message, int32_t conditional,
                                                verger_text encryption, verger_bytes* line,
                                                verger_error* error);

/* The same for an error of Arrow's S3 filesystem, whose `text` quotes `bucket` and `key`. */
VERGER_EXPORT verger_status verger_s3_arrow_error(verger_text verb, verger_text path,
                                                  verger_text text, verger_text bucket,
                                                  verger_text key, verger_s3_kind* kind,
                                                  verger_bytes* line, verger_error* error);

/* Returns why a photo is rejected if its object may not be read: "cannot be read: S3's message; the
 * remedy". */
VERGER_EXPORT verger_status verger_s3_rejection(int32_t status, verger_text code,
                                                verger_text message, verger_bytes* text,
                                                verger_error* error);

/* ---- AWS: settings, credentials, signatures, proxies ----------------------------------------
 *
 * Settings and credentials from the environment, from ~/.aws and from services, found as AWS's
 * tools find them. The library requests one step at a time; the caller carries it out. */

typedef enum verger_aws_search {
  VERGER_AWS_SETTINGS = 0,   /* done: {"region", "endpoint"}, "" if unset */
  VERGER_AWS_CREDENTIALS = 1 /* done: {"access_key", "secret_key", "session_token", "renew_at",
                                "expires"} */
} verger_aws_search;

/* Returns the next step as JSON: {"read": path}, {"run": command of sh} or
 * {"send": {"method", "url", "headers", "body", "local"}}, where `local` is not 0 for a metadata
 * server of the machine, which needs no proxy and answers at once; or the end: {"done": ...} or
 * {"error": text for the user}. `renew_at` and `expires`: seconds since 1970, 0 for never; between
 * them the credentials are still valid if they cannot be renewed.
 *
 * `environment`: {"variables": {name: value}, "home", "region" of the bucket or "", "now"}.
 * `answers`: to the steps so far, in order: for a file its text, or null if it does not exist; for
 * a command {"status", "said"}; for a request {"status", "body", "error"}, with status 0 if there
 * was no answer.
 *
 * Errors: VERGER_BAD_CALL for a selected profile that is in neither file of AWS. */
VERGER_EXPORT verger_status verger_aws_next(verger_aws_search search, verger_text environment,
                                            verger_text answers, verger_bytes* step,
                                            verger_error* error);

/* A request to S3, exactly as sent. */
typedef struct verger_s3_request {
  verger_text method;
  verger_text path;        /* encoded, from the first '/' */
  verger_text query;       /* encoded, sorted by name */
  verger_text headers;     /* lines "name:value\n", names in lower case, with host */
  verger_text body_sha256; /* hexadecimal */
} verger_s3_request;

/* Returns the headers that sign a request, as lines "name: value\n". `credentials`: by
 * verger_aws_next. Units: `now` seconds since 1970. Cost: 20 microseconds. Source: AWS Signature
 * Version 4. */
VERGER_EXPORT verger_status verger_s3_sign(const verger_s3_request* request,
                                           verger_text credentials, verger_text region, int64_t now,
                                           verger_bytes* headers, verger_error* error);

/* Returns the proxy for a URL, as "http://user:password@host:port", or "" for none, from the
 * environment's `variables` ({name: value}): http_proxy, https_proxy, all_proxy, except for the
 * hosts of no_proxy, in lower or upper case. Errors: VERGER_BAD_CALL for an invalid proxy. */
VERGER_EXPORT verger_status verger_proxy_for(verger_text url, verger_text variables,
                                             verger_bytes* proxy, verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

/* The headers of the other subjects, which this header includes. */
#include "verger_app.h"
#include "verger_classify.h"
#include "verger_evaluate.h"
#include "verger_report.h"
#include "verger_search.h"
#include "verger_traits.h"

#endif /* VERGER_H_ */
