/* verger.h: the one door to Verger's core.
 *
 * From photos to features, from features to principal components. The `verger` program and the
 * Python package both come through here, so that both give the same numbers.
 *
 * Batches cross as Arrow C structs (the Arrow C data interface): a struct array whose children are
 * the columns of docs/feature-format.md. Borrowed arrays are only read, during the call. An array
 * that a call hands out belongs to the caller, who releases it with its own release callback.
 *
 * Every function that can fail returns a status; on any status but VERGER_OK its outputs are left
 * untouched and `error`, which may be NULL, holds a message that names the thing and the remedy.
 * Options structs start with their own size, so that later versions can add to their end; a NULL
 * options pointer means every default. Handles may be freed in any order; freeing NULL does
 * nothing. Functions without a status cannot fail; their handles must not be NULL.
 *
 * In this order: processors; models; photos -> features; tuning; features -> moments -> PCA; names
 * of files; outputs (manifests and steps, plans, verify, forget, duplicates); text, summaries,
 * limits; buckets.
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

/* Whose fault it was. */
typedef enum verger_status {
  VERGER_OK = 0,
  /* the call's */
  VERGER_BAD_CALL = 1,
  VERGER_INTERNAL = 2,
  /* the data's */
  VERGER_BAD_MODEL = 10,
  VERGER_BAD_FEATURES = 11,
  VERGER_BAD_OUTPUT = 12, /* a file of an output is not what was written */
  VERGER_NOT_OURS = 13,   /* an output holds files that verger did not write */
  VERGER_IN_USE = 14,     /* another run writes to the output */
  VERGER_REFUSED = 15,    /* a bucket lies in a region that is not allowed */
  /* the caller's */
  VERGER_STOPPED = 16 /* the caller's progress stopped the call */
} verger_status;

typedef struct verger_error {
  char message[1024]; /* UTF-8, ends with 0, cut if longer */
} verger_error;

/* Bytes that a call hands out; give them back with verger_bytes_free. */
typedef struct verger_bytes {
  const uint8_t* data;
  size_t size;
} verger_bytes;

/* Text that a call borrows: UTF-8, without a 0 at its end. */
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

/* The version of the library, e.g. "0.1.0". Static. */
VERGER_EXPORT const char* verger_version(void);

/* Names of the presets that verger_model_options.preset may name, separated by commas. Static. */
VERGER_EXPORT const char* verger_presets(void);

/* Writes the SHA-256 of `data` as 64 hexadecimal digits and a 0. Safe from many threads. */
VERGER_EXPORT void verger_sha256(const void* data, size_t size, char hex[65]);

VERGER_EXPORT void verger_bytes_free(verger_bytes bytes);

/* ---- processors ----------------------------------------------------------------------------
 *
 * How many threads a process can run at a time, by affinity and by the quotas of its cgroups. The
 * caller reads the files. */

/* The folders of the cgroups that a process and its ancestors are in, one a line, from the texts
 * of /proc/self/cgroup and /proc/self/mountinfo. */
VERGER_EXPORT verger_status verger_cgroup_folders(verger_text cgroups, verger_text mounts,
                                                  verger_bytes* folders, verger_error* error);

/* At most `affinity`, the processors that the process may run on, and at least 1. `quotas`: of each
 * folder that has one, the text of cpu.max (cgroups v2), or of cpu.cfs_quota_us and then of
 * cpu.cfs_period_us (v1), one behind the other with white space between. */
VERGER_EXPORT int32_t verger_usable_threads(int32_t affinity, verger_text quotas);

/* ---- models ------------------------------------------------------------------------------- */

/* How far a long call is. `step` is called now and then from the calling thread; what is not 0
 * stops the call, which then returns VERGER_STOPPED. */
typedef struct verger_progress {
  int32_t (*step)(void* user, int64_t done, int64_t total);
  void* user;
} verger_progress;

typedef struct verger_calibrate_options {
  size_t struct_size;
  int32_t threads;    /* of the engine; 0: as many as the processor has */
  int64_t max_pixels; /* as in verger_extractor_options */
  int64_t max_bytes;
  verger_progress progress; /* its step may be NULL */
} verger_calibrate_options;

typedef struct verger_model_options {
  size_t struct_size;
  const char* name;   /* for messages and identity; NULL: "model" */
  const char* preset; /* NULL: the default of the format; an ONNX file has none */
  const char* output; /* of ONNX: the tensor that is the features; NULL: the only one that fits */
  const char* pool;   /* of ONNX: "cls" or "mean", for tokens and maps; NULL: none */
  const char* precision;   /* "fp32", "bf16" or "int8"; NULL: fp32 */
  const char* calibration; /* of int8: text of verger_calibrate; NULL: the embedded network's own */
} verger_model_options;

/* A preset is a name of verger_presets(), parts of one, or both, separated by commas: "timm",
 * "scale=-1..1,filter=bicubic", "timm,filter=bilinear". What comes later goes before, and a name
 * sets every part; so a caller that has a preset of a file puts what its user asks for behind it.
 *
 *   scale     0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD: one number or three of each, in the
 *             order of the channels, of pixels from 0 to 1, or from 0 to 255 if one is above 1
 *   filter    nearest, box, bilinear, hamming, bicubic (the default) or lanczos, as in Pillow
 *   channels  rgb (the default) or bgr
 *   resize    stretch (the default); crop:SHARE, the input's side by that of the square it is cut
 *             out of; crop:PIXELS, of the photo's shorter side before its centre is cut out
 *   size      pixels of a side of the network's input, from 112 to 320, a multiple of 4; by default
 *             the network's own
 *   decode    exact (the default); fast: a JPEG is decoded at the least of 1/2, 1/4 and 1/8 of its
 *             size that leaves at least twice the pixels it is resized to, and so other features */

/* Reads a network from memory: Keras's ResNet50 (.h5, .weights.h5, .keras) or ONNX, told apart by
 * content.
 *
 * Errors: VERGER_BAD_MODEL for bytes that are no network we can run; VERGER_BAD_CALL for a preset
 *         or a pooling that is not one.
 * Cost:   2 to 3 times the file in memory while it is read. */
VERGER_EXPORT verger_status verger_model_read(const void* data, size_t size,
                                              const verger_model_options* options,
                                              verger_model** model, verger_error* error);

/* The files that a network keeps its weights in beside its own: their names, each with a newline
 * behind it, relative to its folder and never out of it; empty for most networks. The caller reads
 * them for verger_model_join. `name` is for messages.
 *
 * Errors: VERGER_BAD_MODEL for a name that leads out of the folder. */
VERGER_EXPORT verger_status verger_model_side_files(const void* data, size_t size, const char* name,
                                                    verger_bytes* names, verger_error* error);

/* The one file that a network and its `count` side files make: what verger_model_read takes.
 *
 * Errors: VERGER_BAD_MODEL for side files that are missing or too short, or of another network. */
VERGER_EXPORT verger_status verger_model_join(const void* data, size_t size, const char* name,
                                              const verger_text* side_names,
                                              const verger_text* side_files, size_t count,
                                              verger_bytes* whole, verger_error* error);

/* What a folder is that was given for a network, and what to do about it. `names`: of what is in
 * it, each with a newline behind it. Always VERGER_BAD_MODEL, unless the call itself fails. */
VERGER_EXPORT verger_status verger_model_is_folder(const char* name, verger_text names,
                                                   verger_error* error);

/* Opens a network inside the library, with its ImageNet weights: "efficientnet-lite0", which NULL
 * means too, "efficientnet-lite1" or "efficientnet-lite2". It has its own features, and its own
 * preset, of which only size and decode may be given.
 *
 * Errors: VERGER_BAD_CALL for another name, other parts of a preset, an output or a pooling. */
VERGER_EXPORT verger_status verger_model_embedded(const char* name,
                                                  const verger_model_options* options,
                                                  verger_model** model, verger_error* error);

/* The text, in base64, by which a network is quantised to int8: what its activations are like on
 * photos, a hundred or two of the kind that it is for. The same photos in the same order give the
 * same text. It is kept with an output, so that it can be continued; `model` is in fp32.
 *
 * In:     as verger_extract; photos that cannot be decoded are passed over.
 * Errors: VERGER_BAD_CALL if none can be, and for networks without convolutions; VERGER_STOPPED.
 * Cost:   fp32's time for each photo; about 50 to 90 kB of text. */
VERGER_EXPORT verger_status verger_calibrate(const verger_model* model,
                                             const struct ArrowArray* photos,
                                             const struct ArrowSchema* photos_schema,
                                             const verger_calibrate_options* options,
                                             verger_bytes* calibration, verger_error* error);

/* What a run asks of a network, completed by the rows that its output has: what `preset` and
 * `precision` ("" each for nothing) do not say of precision, input size and decoding is as the rows
 * have it, if they are of the same file; a calibration, only if it is of this preset and output.
 * `manifest`: "" for a new output. `model`: as asked for, in fp32. As a JSON object: preset,
 * precision, calibration, "" for what nobody says.
 *
 * Errors: VERGER_BAD_OUTPUT for bytes that are no manifest. */
VERGER_EXPORT verger_status verger_model_choice(verger_text manifest, const verger_model* model,
                                                verger_text preset, verger_text precision,
                                                verger_bytes* choice, verger_error* error);

/* Not 0 if this processor computes in bf16; where it is 0, bf16 is refused. */
VERGER_EXPORT int32_t verger_has_bf16(void);

/* A JSON object: name, format, sha256, preset (its name, or its parts if no name has them), parts;
 * both with ",size=N" and ",decode=fast" behind, where these were asked for; identity (of the
 * preset, the choice of features and the precision), precision, calibration (its text, of int8;
 * else ""), calibrated (whether int8 needs none), dimension, width, height, batch (that the network
 * must be given; 0: any), notes (a list of what the user should know, such as that the features
 * look like scores of classes). Belongs to the model. */
VERGER_EXPORT const char* verger_model_describe(const verger_model* model);

VERGER_EXPORT void verger_model_free(verger_model* model);

/* ---- photos -> features ------------------------------------------------------------------- */

typedef struct verger_extractor_options {
  size_t struct_size;
  int32_t threads;    /* of the engine; 0: as many as the processor has */
  int32_t batch_size; /* photos the network sees at a time; 0: the library's choice */
  int64_t max_pixels; /* of a photo, and its encoded bytes; more is a reject; 0: as */
  int64_t max_bytes;  /* verger_limits has it; at most most_photo_pixels, most_photo_bytes there */
  int32_t streams;    /* batches computed at a time, by threads / streams threads each; 0: the */
                      /* engine's choice. Neither threads nor streams change a feature. */
  verger_text compiled; /* of verger_extractor_save, from someone to be trusted: the engine makes */
                        /* code of it; what is damaged or does not fit is passed over. {0}: none */
} verger_extractor_options;

/* What the network that verger_extractor_create would compile depends on (network, identity,
 * calibration, threads, batch and streams, processor and versions), as 64 hexadecimal digits: a
 * name for what verger_extractor_save hands out. Empty where that is worth nothing.
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

/* The compiled network, for the next extractor of the same verger_compiled_key. int8 is quantised
 * and compiled in six times the time that this takes to read; fp32 and bf16 in about the same, so
 * they are not worth it, and hand out nothing, as does an extractor that was made of such bytes.
 *
 * Size: about a byte a weight. */
VERGER_EXPORT verger_status verger_extractor_save(const verger_extractor* extractor,
                                                  verger_bytes* compiled, verger_error* error);

/* Batches that the engine computes at a time: at most its threads, and the processor's cores. */
VERGER_EXPORT int32_t verger_extractor_streams(const verger_extractor* extractor);

/* Turns a batch of photos into a batch of features, the same rows in the same order.
 *
 * In:  a struct array with a child `content`: binary or large binary, the encoded photos.
 *      Other children are ignored: the caller carries them along.
 * Out: a struct array with `features`: list<float32>, null if rejected, and `error`: utf8, null if
 *      fine. `features_schema` may be NULL when the caller knows the schema.
 *
 * A photo that cannot be decoded is a row with `error` set, not a failed call.
 * Safe from many threads on one extractor: they decode side by side and wait for a free stream, so
 * one caller more than there are streams, and no fewer than threads, keep the engine busy. */
VERGER_EXPORT verger_status verger_extract(const verger_extractor* extractor,
                                           const struct ArrowArray* photos,
                                           const struct ArrowSchema* photos_schema,
                                           struct ArrowArray* features,
                                           struct ArrowSchema* features_schema,
                                           verger_error* error);

/* Not 0 if another run may fare better with a photo of this `error`: memory did not suffice. Such a
 * reject is kept without size and time, so that the next run tries it again. */
VERGER_EXPORT int32_t verger_may_pass_later(verger_text error);

VERGER_EXPORT void verger_extractor_free(verger_extractor* extractor);

/* ---- which model: speed and nearness on a sample ------------------------------------------- */

typedef struct verger_tune_options {
  size_t struct_size;
  int32_t threads;    /* of the engine; 0: as many as the processor has */
  double seconds;     /* that measuring may take, about; 0: 60 */
  int64_t work;       /* photos to be extracted afterwards, which bound it too; 0: unknown */
  int64_t max_pixels; /* as in verger_extractor_options */
  int64_t max_bytes;
  verger_progress progress; /* its step may be NULL; done and total are rounds of a candidate */
} verger_tune_options;

/* Times the whole of extracting by each model, in turns, compares features, and chooses: the first
 * model is the base, and the fastest that is as good is taken.
 *
 * In:  `photos`: a struct array of `content` as verger_extract takes it, `path` and `label`, text:
 *      a sample, some hundred photos, in any order.
 * Out: a JSON object: `taken` (index of a model), `why` and `rule` (words for people), `by_labels`
 *      (whether labels decided), `most_accurate` (index); `threads`, `sample` (photos), `rejected`
 *      (by the base), `labels`, `groups`, `chance` (accuracy of always guessing one label),
 *      `seconds`, `short_work` (nothing but the base was measured: it does `work` in seconds);
 *      `candidates`, a list of objects: model, sha256, precision, identity, width, height,
 *      dimension, reference (index of the model whose features its own are compared with: the first
 *      in fp32 of the same file and preset), lost (photos that it rejects and the base does not),
 *      photos (that count; 0: none, or it was not measured, and speed and what follows it are
 *      missing), taken, as_good, why_not; photos_per_second, speed (as a multiple of the
 *      reference's), prepare_seconds, mean_cosine, least_cosine, classed (photos whose label has
 *      others to compare with), right (of them, by nearest centroids without their own group),
 *      base_right (the same of the base), accuracy (missing where none is classed).
 *
 * As good is, where the base tells labels apart, an accuracy at most 0.5 points below the base's on
 * the same photos, of which at least 50 are classed, or one photo if that is more; elsewhere a mean
 * cosine of 0.995 to it. A model that loses photos is never as good. One that
 * the engine cannot prepare is not measured; its why_not says why.
 * Errors: VERGER_BAD_CALL without models or photos, or if no photo gives features by the base;
 *         VERGER_STOPPED; those of verger_extractor_create for the base.
 * Memory: one network, compiled for each of its candidates, and features of the sample. */
VERGER_EXPORT verger_status verger_tune(const verger_model* const* candidates, size_t count,
                                        const struct ArrowArray* photos,
                                        const struct ArrowSchema* photos_schema,
                                        const verger_tune_options* options, verger_bytes* report,
                                        verger_error* error);

/* ---- features -> moments ------------------------------------------------------------------ */

/* Refuses moments that `available` bytes cannot hold `copies` times, each of
 * dimension * (dimension + 1) / 2 doubles: to be asked before long work.
 *
 * Errors: VERGER_INTERNAL, with the remedy. */
VERGER_EXPORT verger_status verger_moments_require_memory(int32_t dimension, int32_t copies,
                                                          uint64_t available, verger_error* error);

/* Count, mean and scatter of features: all that PCA must know. Empty ones take next to no memory;
 * calls that find too little of it return VERGER_INTERNAL and change nothing. Not safe from many
 * threads: give each its own and merge them. Requires: 1 <= dimension <= 65536. */
VERGER_EXPORT verger_status verger_moments_create(int32_t dimension, verger_moments** moments,
                                                  verger_error* error);

/* Counts in the rows of a struct array with a child `features`: list or large list of float32.
 * Null rows are passed over.
 *
 * Errors: VERGER_BAD_FEATURES for a row of another length or a value that is not finite; then
 *         nothing of the batch is counted. */
VERGER_EXPORT verger_status verger_moments_add(verger_moments* moments,
                                               const struct ArrowArray* features,
                                               const struct ArrowSchema* schema,
                                               verger_error* error);

/* Counts in, once more, everything `other` has counted. Parts may be merged in any order. */
VERGER_EXPORT verger_status verger_moments_merge(verger_moments* moments,
                                                 const verger_moments* other, verger_error* error);

VERGER_EXPORT int64_t verger_moments_count(const verger_moments* moments);

/* Bytes that verger_moments_load reads back, bit for bit; 16.8 MB for 2048 features. */
VERGER_EXPORT verger_status verger_moments_save(const verger_moments* moments, verger_bytes* bytes,
                                                verger_error* error);

/* Errors: VERGER_BAD_FEATURES for bytes that are not whole saved moments. */
VERGER_EXPORT verger_status verger_moments_load(const void* data, size_t size,
                                                verger_moments** moments, verger_error* error);

VERGER_EXPORT void verger_moments_free(verger_moments* moments);

/* ---- moments -> PCA ----------------------------------------------------------------------- */

typedef struct verger_pca_options {
  size_t struct_size;
  int32_t components;    /* how many; 0: as many as `variance_share` takes */
  double variance_share; /* above 0 and below 1: the share of the variance to explain; else 0 */
  /* Of the network that the features came from; kept with the PCA. NULL: "". */
  const char* model_name;
  const char* model_sha256;
  const char* preset_identity;
  int32_t fewer_will_do; /* not 0: keep as many of `components` as the rows allow */
} verger_pca_options;

/* Fits the leading principal components; signs are fixed by the rule of docs/numerics.md.
 *
 * Errors: VERGER_BAD_CALL unless just one of components and variance_share is given;
 *         VERGER_BAD_FEATURES when the rows do not allow as many, with the largest number. */
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

/* The JSON document of docs/feature-format.md, without a 0 at its end. */
VERGER_EXPORT verger_status verger_pca_to_json(const verger_pca* pca, verger_bytes* json,
                                               verger_error* error);

/* Errors: VERGER_BAD_FEATURES for a document that is not a whole PCA of a known version. */
VERGER_EXPORT verger_status verger_pca_from_json(const char* json, size_t size, verger_pca** pca,
                                                 verger_error* error);

/* How far new features lie from those that a PCA was fitted to. */
typedef struct verger_drift {
  size_t struct_size;
  int64_t rows;             /* new ones */
  double mean_shift;        /* between the means, in standard deviations of the fitted features */
  double residual;          /* share of the new features' energy that the components do not hold */
  double expected_residual; /* the same of the fitted features */
  int32_t refit;            /* not 0: far beyond what chance does to photos of the same kind */
} verger_drift;

/* Cost:   components * dimension^2 multiply-adds.
 * Errors: VERGER_BAD_FEATURES if the dimensions differ or nothing was counted;
 *         VERGER_BAD_CALL if drift->struct_size is not set. */
VERGER_EXPORT verger_status verger_pca_drift(const verger_pca* pca, const verger_moments* fresh,
                                             verger_drift* drift, verger_error* error);

VERGER_EXPORT void verger_pca_free(verger_pca* pca);

/* ---- names of files -> photos ------------------------------------------------------------- */

/* What a file is to a listing, by its path alone; docs/what-is-read.md has the endings and names.
 */
typedef enum verger_file_kind {
  VERGER_KIND_NONE = 0,          /* not counted: neither image nor video */
  VERGER_KIND_PHOTO = 1,         /* of a format that is decoded */
  VERGER_KIND_MAC_SIDE_FILE = 2, /* "._IMG_1.jpg" */
  VERGER_KIND_HIDDEN = 3,        /* its name, or a folder's on its path, begins with a dot */
  VERGER_KIND_SYSTEM = 4,        /* in a folder that a system or a program keeps for itself */
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

/* Files of a listing by verger_file_kind; calls add to them. */
typedef struct verger_listing_counts {
  size_t struct_size;
  int64_t listed[VERGER_KINDS];
  int64_t passed_over[VERGER_KINDS];
} verger_listing_counts;

/* Names below a folder to the photos and folders among them, in the order of a walk.
 *
 * In:  a struct array with `name`: text or binary, as storage calls a file or a folder below
 *      `folder`, '/' between names; and `folder`: bool. All names there are, for clashes are seen
 *      within one call only.
 *      `folder`: the printable path of the folder they lie below; empty for the root.
 *      `root`: the name of the whole place, the label of photos that lie in no folder.
 *      `include_hidden`: not 0: hidden files, and those of systems, are listed as well.
 * Out: a struct array, a row a photo or folder, in ascending bytes of paths, a folder's with '/'
 *      behind it. `row`: int64, of the names that were given. `path`: utf8, printable, unique but
 *      for folders that print alike, which are one folder to the walk. `label`: utf8. `problem`:
 *      utf8, why a photo must not be opened; null if it may; of a folder, null unless all that
 *      lies in it is passed over, so that nothing is lost where it cannot be listed.
 *      `walked_schema` may be NULL. Adds to `counts`.
 *
 * Listed are photos, and images that are not decoded unless a photo of the same shot lies in their
 * folder (IMG_1.CR2 beside IMG_1.jpg): those become rejects. Of photos whose names print alike, the
 * first in the order of bytes keeps its path; the others have a problem and " (another)",
 * " (another 2)" ... behind it. Names of equal bytes count once.
 * Cost: of 10^6 names, about a second. */
VERGER_EXPORT verger_status verger_walk_names(
    verger_text folder, verger_text root, int32_t include_hidden, const struct ArrowArray* names,
    const struct ArrowSchema* names_schema, verger_listing_counts* counts,
    struct ArrowArray* walked, struct ArrowSchema* walked_schema, verger_error* error);

/* The first bytes that all names of one shot have in common, as "IMG_1" of "IMG_1.CR2": for
 * storage that lists page by page, where a page must not end between files of one shot. `name` may
 * have its folders before it. */
VERGER_EXPORT verger_status verger_shot_prefix(verger_text name, verger_bytes* prefix,
                                               verger_error* error);

/* A photo's place in the queue for a sample, by its path: those of least rank stand for all. */
VERGER_EXPORT uint64_t verger_sample_rank(verger_text path);

/* "20 side files of Macs, 3 RAW files": what was passed over; no bytes for nothing. */
VERGER_EXPORT verger_status verger_passed_over(const verger_listing_counts* counts,
                                               verger_bytes* text, verger_error* error);

/* Why the photos of `place` are no input, with the remedy, if none that is decoded was listed; no
 * bytes if one was. `is_output`: not 0 if the output is the same place. */
VERGER_EXPORT verger_status verger_no_photos(verger_text place, int32_t is_output,
                                             const verger_listing_counts* counts,
                                             verger_bytes* text, verger_error* error);

/* ---- outputs -------------------------------------------------------------------------------
 *
 * The rules of docs/feature-format.md, without I/O: bytes and listings in, bytes and lists of steps
 * out, which the caller carries out on its own storage. Safe from many threads, but for calls on
 * one handle. */

/* Checks a manifest, the JSON document of docs/feature-format.md, of any version of the format, and
 * lays it out in the newest. The same manifest gives the same bytes, so this also writes one that
 * a run has made. `name` is for messages.
 *
 * Errors: VERGER_BAD_OUTPUT if it is damaged, names files that verger could not have written, or
 *         is of a version that this library does not know. */
VERGER_EXPORT verger_status verger_manifest_read(verger_text json, const char* name,
                                                 verger_bytes* manifest, verger_error* error);

/* An output as a program has opened it. */
typedef struct verger_output {
  size_t struct_size;
  const char* place;    /* where it is, printable, for messages */
  verger_text manifest; /* of its latest version, by verger_manifest_read; size 0: there is none */
  int64_t version;      /* the number of that version; 0: there is none */
  const char* run;      /* the token of the run that writes, hexadecimal digits; NULL: a reader */
} verger_output;

/* A listing is a struct array with a child `name`, utf8 or binary: the files in the folders of an
 * output (Preprocessing, Results, Model, _verger, _verger/staged), by their names below it, in any
 * order.
 *
 * Steps are a struct array of action, name, other and message (utf8), to be carried out in order:
 *
 *   require-mark  `name` must be Parquet with the metadata verger.model.sha256, or fail with
 *                 `message`, as for VERGER_NOT_OURS
 *   require-pca   the bytes of `name` must hold "verger-pca", quotes included, or fail likewise
 *   remove        remove `name`, if it is there
 *   rename        from now on, the file `other` is called `name`
 *   sync          make the names in the folder `name` durable
 *   create        put the manifest as `name`, on the condition that there is no such file; if there
 *                 is one, fail with `message`, as for VERGER_IN_USE
 *   copy          put the bytes of `other` as `name`, unless it has them
 *   touch         put an empty file as `name`
 *
 * Neighbours of one action may be carried out side by side. */

/* The manifest of the latest version: its name below the output (size 0: none) and its number.
 * Where it is listed and cannot be read, list again: a run that commits removes the one before. */
VERGER_EXPORT verger_status verger_output_latest(const struct ArrowArray* listing,
                                                 const struct ArrowSchema* listing_schema,
                                                 verger_bytes* name, int64_t* version,
                                                 verger_error* error);

typedef enum verger_stage {
  VERGER_STAGE_OPEN = 0,   /* for a run that has the lock, before all else: refuse files of others,
                              remove what killed runs left half, complete the latest version */
  VERGER_STAGE_COMMIT = 1, /* make `next` the version after the latest, and complete it */
  VERGER_STAGE_GIVE_UP = 2 /* remove what this run has staged, and no other run's */
} verger_stage;

/* The steps of a stage. `next` is a manifest by verger_manifest_read, for VERGER_STAGE_COMMIT
 * alone.
 *
 * Errors: VERGER_NOT_OURS, naming a file that verger did not write; VERGER_BAD_OUTPUT, naming a
 * file of `next` that is not in the listing. */
VERGER_EXPORT verger_status verger_output_steps(const verger_output* output, verger_stage stage,
                                                verger_text next, const struct ArrowArray* listing,
                                                const struct ArrowSchema* listing_schema,
                                                struct ArrowArray* steps,
                                                struct ArrowSchema* steps_schema,
                                                verger_error* error);

/* For readers. Errors: VERGER_NOT_OURS, naming the command to run first, unless the output has
 * features, or Results where `results` is not 0. */
VERGER_EXPORT verger_status verger_output_require(const verger_output* output, int32_t results,
                                                  const struct ArrowArray* listing,
                                                  const struct ArrowSchema* listing_schema,
                                                  verger_error* error);

/* Numbers for the next parts of Preprocessing and of Results, which no part has had. */
typedef struct verger_part_numbers {
  int64_t preprocessing;
  int64_t results;
} verger_part_numbers;
VERGER_EXPORT verger_status verger_output_next_parts(const verger_output* output,
                                                     const struct ArrowArray* listing,
                                                     const struct ArrowSchema* listing_schema,
                                                     verger_part_numbers* next,
                                                     verger_error* error);

/* Parts of Preprocessing that the manifest does not name: a run finished them and was stopped
 * before its version. Out: a struct array with a child `name`, sorted. `parts_schema` may be NULL.
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
  VERGER_FILE_MOMENTS = 2,       /* _verger/moments-000012.bin, 12 being the version to come */
  VERGER_FILE_PCA = 3            /* _verger/pca-000012.json, likewise */
} verger_file;

/* The name of a file below an output. With a run it is one that no other run gives, such as
 * part-00012-RUN.parquet: for buckets, where a run that was stopped for long loses its lock and may
 * go on later. NULL: no run. */
VERGER_EXPORT verger_status verger_output_name(verger_file file, int64_t number, const char* run,
                                               verger_bytes* name, verger_error* error);

/* Where a part of Results waits until VERGER_STAGE_COMMIT of its run gives it its `name`. */
VERGER_EXPORT verger_status verger_output_staged_name(const char* run, const char* name,
                                                      verger_bytes* staged, verger_error* error);

/* ---- outputs: plans, or what of a run is done and what is missing --------------------------
 *
 * A plan merges the listing of photos with the rows of an output, both in the order of paths (bytes
 * compared), so that neither is in memory as a whole. It does no I/O: verger_plan_next says what it
 * wants, until it wants nothing more.
 *
 * A row stays while its photo has the same path, size and time of change. Rows of photos that are
 * no longer listed stay, unless they are rejects or drop_vanished is set; all rows stay of a folder
 * that could not be listed. A part stays if all its rows do; rows that stay, of a part that does
 * not, are made again from it. */

typedef struct verger_plan_options {
  size_t struct_size;
  const char* model_sha256;   /* of the network in question */
  const char* model_identity; /* of its preset */
  int32_t dimension;          /* of its features */
  int32_t drop_vanished;      /* not 0: rows of photos that are no longer listed go */
  int32_t hashed;             /* not 0: paths are hashes, in the listing and in rows */
  int32_t check_all;          /* not 0: every part is read as a whole, and its SHA-256 compared */
  int64_t max_pixels; /* as in verger_extractor_options: rejects of lower limits are tried */
  int64_t max_bytes;  /* again */
} verger_plan_options;

/* `files`: a struct array with `name` (utf8 or binary), `bytes` (int64) and `modified` (int64,
 * microseconds since 1970), the files in Preprocessing and _verger by their names below the output.
 * A part that storage has not changed since the manifest was put counts as what was written: all of
 * it but the features is read. Any other is read as a whole.
 *
 * Cost: 9 bytes a row of the output, and the rows of parts whose ranges of paths overlap. */
VERGER_EXPORT verger_status verger_plan_create(const verger_output* output,
                                               const struct ArrowArray* files,
                                               const struct ArrowSchema* files_schema,
                                               const verger_plan_options* options,
                                               verger_plan** plan, verger_error* error);

typedef enum verger_want {
  VERGER_WANT_QUEUE = 0,   /* verger_plan_queue: parts that will be wanted, in this order */
  VERGER_WANT_PART = 1,    /* verger_plan_give_part: the next of the queue */
  VERGER_WANT_LISTING = 2, /* verger_plan_give_listing: the next photos */
  VERGER_WANT_TODO = 3,    /* verger_plan_todo: some rows to make */
  VERGER_WANT_NOTHING = 4  /* verger_plan_result */
} verger_want;

/* Merges as far as what was given reaches, and says what is wanted then; the same answer until that
 * is given. Errors: VERGER_INTERNAL if memory does not suffice; then the plan can only be freed. */
VERGER_EXPORT verger_status verger_plan_next(verger_plan* plan, verger_want* want,
                                             verger_error* error);

/* Out: a struct array with `part` (int64, the part's number), `name` (utf8) and `whole` (int64, 0
 * or 1: the whole file is to be read, its size and SHA-256 are to be given). */
VERGER_EXPORT verger_status verger_plan_queue(verger_plan* plan, struct ArrowArray* queue,
                                              struct ArrowSchema* queue_schema,
                                              verger_error* error);

typedef struct verger_part_look {
  size_t struct_size;
  int64_t bytes;              /* of a whole file */
  const char* sha256;         /* of a whole file; NULL: not asked for */
  const char* model_sha256;   /* the file's metadata verger.model.sha256; NULL: none */
  const char* model_identity; /* its verger.model.preset; NULL: none */
} verger_part_look;

/* `rows`: a struct array with path, label, size, modified, sha256 and error as in a part of
 * Preprocessing, without null rows of its own; on VERGER_OK the plan has taken it over, and its
 * release is NULL. NULL: the part cannot be read.
 * Errors: VERGER_BAD_CALL for other columns, or if no part is wanted; VERGER_BAD_OUTPUT if the part
 * has changed since it was first given. */
VERGER_EXPORT verger_status verger_plan_give_part(verger_plan* plan, const verger_part_look* look,
                                                  struct ArrowArray* rows,
                                                  const struct ArrowSchema* rows_schema,
                                                  verger_error* error);

/* `photos`: a struct array with `path`, `label` (utf8), `size`, `modified` (int64; null: not
 * known), `problem` (utf8, why the photo must not be opened; null: it may) and `file` (what storage
 * calls it, null where that is `path`), in ascending order of paths over all calls; taken over as
 * above. A path that ends in '/' is that of a folder which could not be listed; where paths are
 * hashes, "/" stands for all such folders. NULL: there are no more. Errors: VERGER_BAD_CALL for
 * paths out of order. */
VERGER_EXPORT verger_status verger_plan_give_listing(verger_plan* plan, struct ArrowArray* photos,
                                                     const struct ArrowSchema* photos_schema,
                                                     verger_error* error);

/* Out: a struct array with path, label, size, modified, problem and file (binary) as listed, and
 * sha256, error, part and row (int64). With a part, the row is made again from that row of it: its
 * features are copied, or it is the same reject. Else (null) the photo is read. */
VERGER_EXPORT verger_status verger_plan_todo(verger_plan* plan, struct ArrowArray* todo,
                                             struct ArrowSchema* todo_schema, verger_error* error);

/* A JSON object: `kept` (parts as in a manifest), `kept_all_listed` (they include every part of the
 * manifest), `unlisted` (names, those of `kept` that no manifest counts yet), `replaced` (names,
 * all others), `damaged` (names, those of `replaced` that cannot be read), `parts` (names by
 * number), `rejects` (of rows that stay, as in a manifest), `labels` (of rows that stay and have
 * features), and the numbers `listed`, `vanished` (rows that stay without their photo), `unread`
 * (rows that stay in folders that could not be listed), `outdated` (rows of another network),
 * `todo` and `taken` (those of `todo` that have a part).
 *
 * Errors: VERGER_BAD_CALL unless the plan wants nothing. */
VERGER_EXPORT verger_status verger_plan_result(verger_plan* plan, verger_bytes* result,
                                               verger_error* error);

/* The plan's knowledge of equal bytes, moved out of it: where the features of a content are. */
VERGER_EXPORT verger_status verger_plan_contents(verger_plan* plan, verger_contents** contents,
                                                 verger_error* error);

VERGER_EXPORT void verger_plan_free(verger_plan* plan);

/* The part and the row in it whose photo had the bytes of this hash; returns 0 if none is known, or
 * an argument is NULL.
 * With 10^7 rows, one in 10^9 look-ups leads to a row of other bytes: compare the whole hash there.
 * Safe from many threads. */
VERGER_EXPORT int32_t verger_contents_find(const verger_contents* contents, const char* sha256,
                                           int64_t* part, int64_t* row);

/* For other processes of the same run, on machines of the same byte order: 9 bytes a row.
 * Errors: VERGER_BAD_CALL for bytes that are not whole. */
VERGER_EXPORT verger_status verger_contents_save(const verger_contents* contents,
                                                 verger_bytes* bytes, verger_error* error);
VERGER_EXPORT verger_status verger_contents_load(const void* data, size_t size,
                                                 verger_contents** contents, verger_error* error);
VERGER_EXPORT void verger_contents_free(verger_contents* contents);

/* ---- outputs: verify -----------------------------------------------------------------------
 *
 * Whether an output is what its manifest says. The caller reads every file that the manifest names,
 * reports those that are missing or have other bytes (their SHA-256), and gives in the contents of
 * all others, in any order. Problems are a struct array with a child `problem`, utf8: a line each,
 * "NAME: what is wrong". `problems_schema` may be NULL. */

typedef struct verger_verification verger_verification;

/* `manifest`: by verger_manifest_read. Memory: about 70 bytes a row, and all rejects. */
VERGER_EXPORT verger_status verger_verification_create(verger_text manifest,
                                                       verger_verification** verification,
                                                       verger_error* error);

/* The rows of a part, in their order: `path`, and of a part of Preprocessing `error`. */
VERGER_EXPORT verger_status verger_verification_add_part(
    verger_verification* verification, verger_text name, const struct ArrowArray* rows,
    const struct ArrowSchema* rows_schema, struct ArrowArray* problems,
    struct ArrowSchema* problems_schema, verger_error* error);

/* The PCA that the manifest names, and Model/pca.json (size 0: there is none). */
VERGER_EXPORT verger_status verger_verification_add_pca(verger_verification* verification,
                                                        verger_text document, verger_text shown,
                                                        struct ArrowArray* problems,
                                                        struct ArrowSchema* problems_schema,
                                                        verger_error* error);

/* What concerns more than one file, and files of `listing` that the manifest does not name. */
VERGER_EXPORT verger_status verger_verification_finish(const verger_verification* verification,
                                                       const struct ArrowArray* listing,
                                                       const struct ArrowSchema* listing_schema,
                                                       struct ArrowArray* problems,
                                                       struct ArrowSchema* problems_schema,
                                                       verger_error* error);

VERGER_EXPORT void verger_verification_free(verger_verification* verification);

/* ---- outputs: forget -----------------------------------------------------------------------
 *
 * Photos that must be as if they had never been in an output: which rows are theirs, and whether a
 * file still holds something of them. */

typedef struct verger_forgetting verger_forgetting;

/* `names`: a struct array with a child `name`, utf8: paths of photos, folders or labels.
 * `manifest`: by verger_manifest_read. Errors: VERGER_BAD_CALL for a name without a letter. */
VERGER_EXPORT verger_status verger_forgetting_create(verger_text manifest,
                                                     const struct ArrowArray* names,
                                                     const struct ArrowSchema* names_schema,
                                                     verger_forgetting** forgetting,
                                                     verger_error* error);

/* Looks at the rows of a part of Preprocessing (`path`, `label`, `error`): first of all parts that
 * the manifest names, then of verger_output_unlisted.
 *
 * Out: `stays`, not 0 if the part may stay as it is; `kept`, a struct array with a child `row`,
 *      int64: the rows to write again, where it may not and the manifest names it. */
VERGER_EXPORT verger_status verger_forgetting_add_part(
    verger_forgetting* forgetting, verger_text name, const struct ArrowArray* rows,
    const struct ArrowSchema* rows_schema, int32_t* stays, struct ArrowArray* kept,
    struct ArrowSchema* kept_schema, verger_error* error);

/* After all parts. Out: a JSON object: `photos` to forget (0: nothing is to be
 * written, only proved); of them `rows` with features and `rejects` in the manifest; `labels` that
 * are left; `rejects_left`, objects with `path` and `reason`, for the next manifest.
 *
 * Errors: VERGER_NOT_OURS for a name that no photo has beside one that has, or if no features would
 *         be left. `place` is for messages. */
VERGER_EXPORT verger_status verger_forgetting_finish(const verger_forgetting* forgetting,
                                                     verger_text place, verger_bytes* left,
                                                     verger_error* error);

/* Looks at a file of the output after the version without them is made. `rows`: `path` and `label`
 * of a part, NULL of other files.
 *
 * Errors: VERGER_INTERNAL, naming the file, if it holds something of them. */
VERGER_EXPORT verger_status verger_forgetting_prove(
    verger_forgetting* forgetting, verger_text place, verger_text name, verger_text bytes,
    const struct ArrowArray* rows, const struct ArrowSchema* rows_schema, verger_error* error);

VERGER_EXPORT void verger_forgetting_free(verger_forgetting* forgetting);

/* ---- outputs: duplicates -------------------------------------------------------------------
 *
 * Photos of equal bytes, and pairs whose features hardly differ: gives in the tables of an output
 * part by part. */

typedef struct verger_duplicates verger_duplicates;

typedef struct verger_duplicates_options {
  size_t struct_size;
  int32_t near_pairs;    /* not 0: also pairs whose features lie at most `within` apart */
  double within;         /* in standard deviations; two photos at random: about 1.4 */
  int64_t most;          /* of those pairs to list, nearest first; all are counted */
  int32_t across_labels; /* not 0: only what has more than one label */
} verger_duplicates_options;

/* `manifest`: by verger_manifest_read. Memory: about 200 bytes a photo; for near pairs 6 more for
 * each number in its pca_features, and up to 256 MB of features. */
VERGER_EXPORT verger_status verger_duplicates_create(verger_text manifest,
                                                     const verger_duplicates_options* options,
                                                     verger_duplicates** duplicates,
                                                     verger_error* error);

/* All rows of a part of Preprocessing (`path`, `label`, `sha256`, `error`), in the order of the
 * manifest. Errors: VERGER_BAD_CALL if it has no more parts. */
VERGER_EXPORT verger_status verger_duplicates_add_part(verger_duplicates* duplicates,
                                                       const struct ArrowArray* rows,
                                                       const struct ArrowSchema* rows_schema,
                                                       verger_error* error);

/* For near pairs, after all parts: each part of Results, by its name: `path`, and `features`, which
 * are its pca_features. Errors: VERGER_BAD_OUTPUT if it does not have the photos of its source. */
VERGER_EXPORT verger_status verger_duplicates_add_scores(verger_duplicates* duplicates,
                                                         verger_text name,
                                                         const struct ArrowArray* rows,
                                                         const struct ArrowSchema* rows_schema,
                                                         verger_error* error);

/* Finds candidates. `pca`: the document. `done`, which may be NULL, is called with how many photos
 * more are compared. Errors: VERGER_BAD_CALL if more than a million pairs may be. */
VERGER_EXPORT verger_status verger_duplicates_search(verger_duplicates* duplicates, verger_text pca,
                                                     void (*done)(void* context, int64_t photos),
                                                     void* context, verger_error* error);

/* Parts of Preprocessing whose features are to be added before the next call, a struct array with a
 * child `name`; none: all candidates are measured. */
VERGER_EXPORT verger_status verger_duplicates_wanted(verger_duplicates* duplicates,
                                                     struct ArrowArray* names,
                                                     struct ArrowSchema* names_schema,
                                                     verger_error* error);

/* The column `features` of such a part. */
VERGER_EXPORT verger_status verger_duplicates_add_features(verger_duplicates* duplicates,
                                                           verger_text name,
                                                           const struct ArrowArray* features,
                                                           const struct ArrowSchema* schema,
                                                           verger_error* error);

/* Out, once: the JSON object of `verger duplicates --json`. `photos`: how many were read; `equal`:
 * objects with sha256, across_labels and photos (path, label), by their first path; `spare`: how
 * many photos of `equal` could go. For near pairs `within`, `near_pairs` and `near_across_labels`
 * (how many there are) and `near`: objects with distance, across_labels and photos, nearest first.
 */
VERGER_EXPORT verger_status verger_duplicates_finish(verger_duplicates* duplicates,
                                                     verger_bytes* json, verger_error* error);

VERGER_EXPORT void verger_duplicates_free(verger_duplicates* duplicates);

/* ---- text for people ---------------------------------------------------------------------- */

/* `raw` as rows and messages show it: control characters, invalid UTF-8, and marks that turn the
 * direction of writing or break a line become \xNN, byte by byte. The text is UTF-8. */
VERGER_EXPORT verger_status verger_printable(verger_text raw, verger_bytes* text,
                                             verger_error* error);

/* 94765736 -> "94,765,736". */
VERGER_EXPORT verger_status verger_with_commas(uint64_t number, verger_bytes* text,
                                               verger_error* error);

/* 1, "photo", "photos" -> "1 photo"; 1014 -> "1,014 photos". Requires: count >= 0. */
VERGER_EXPORT verger_status verger_counted(int64_t count, verger_text one, verger_text many,
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

/* The summary of a run, ending with a line feed.
 *
 * `manifest` is the document of docs/feature-format.md: that of the version which the run made, or
 * would have made. `facts` is a JSON object of what the manifest does not say; a key that is
 * missing means 0, or what is said here:
 *   committed   false: the version was not made, the output is as it was; true if it is missing
 *   extracted   photos that went through the network, or were rejected now
 *   reused      rows that were there already, or whose content was
 *   vanished    rows that stay though their photos are no longer there
 *   outdated    rows of another network, which went
 *   repaired    damaged parts that were made again
 *   passed_over verger_listing_counts.passed_over, a list; nothing is said of the listing if it is
 *               missing
 *   unread      objects with path and reason: folders that could not be listed
 *   seconds     of extracting
 *   s3_retries  requests that were sent again; nothing is said of them if it is missing
 *   drift       null, or an object where the PCA was kept: photos, mean_shift, residual,
 *               expected_residual, refit (true or false), as verger_drift has them
 * Where `committed` is false, the summary says what was done and lists the rejects; it holds
 * nothing that would read as the output's state, and a reduction has none.
 *
 * Errors: VERGER_BAD_OUTPUT for bytes that are no manifest; VERGER_BAD_CALL for other facts or
 *         another kind. */
VERGER_EXPORT verger_status verger_summary(verger_text manifest, verger_text facts,
                                           verger_summary_kind kind, verger_bytes* text,
                                           verger_error* error);

/* Why a run must not go on, with examples and the remedy, if more than the share `most` of the
 * manifest's photos are rejects; no bytes if not. Errors: VERGER_BAD_OUTPUT. */
VERGER_EXPORT verger_status verger_too_many_rejects(verger_text manifest, double most,
                                                    verger_bytes* text, verger_error* error);

/* ---- limits: how much at a time ----------------------------------------------------------- */

typedef struct verger_limits {
  size_t struct_size;
  int64_t max_photo_bytes;   /* of an encoded photo, where no max_bytes is asked for */
  int64_t max_call_bytes;    /* of the photos of one call of verger_extract: what bounds memory */
  int32_t photos_at_once;    /* in one call of verger_extract, where no batch is asked for */
  int32_t max_batch;         /* verger_extractor_options.batch_size */
  int32_t max_threads;       /* verger_extractor_options.threads that the shells take */
  int32_t max_dimension;     /* numbers in features, and components of a PCA */
  int32_t part_rows;         /* rows of a part but in large outputs: verger_part_rows */
  int32_t read_tries;        /* of a photo in a folder, before an I/O error makes it a reject */
  int64_t max_photo_pixels;  /* of a photo, where no max_pixels is asked for */
  int64_t most_photo_bytes;  /* max_bytes that can be asked for */
  int64_t most_photo_pixels; /* likewise, max_pixels */
} verger_limits;

/* Errors: VERGER_BAD_CALL if limits->struct_size is not set. */
VERGER_EXPORT verger_status verger_limits_get(verger_limits* limits, verger_error* error);

/* Why a photo of so many bytes, above max_bytes, is rejected without being read. */
VERGER_EXPORT verger_status verger_too_large(int64_t bytes, int64_t max_bytes, verger_bytes* reason,
                                             verger_error* error);

/* Rows of a part in an output of so many photos with features of this dimension: 512 up to
 * 512 * 1024 photos; of more, a 1024th of them, rounded up, but at most what makes 128 MiB of
 * features, and never below 512. Counts below 0 are taken as 0, dimensions below 1 as 1. */
VERGER_EXPORT int64_t verger_part_rows(int64_t photos, int32_t dimension);

/* Bytes of disk that the rows of so many photos take, about: in Preprocessing, and again in
 * Results. */
VERGER_EXPORT double verger_output_bytes(int64_t photos, int32_t dimension);

/* ---- buckets: locks, regions, errors -------------------------------------------------------
 *
 * The lock of an output in a bucket: an object that says which run writes, put if it is absent,
 * renewed every verger_lock_renew_seconds, removed at the end. */

VERGER_EXPORT int64_t verger_lock_renew_seconds(void);

/* Of this age, the lock of a run that was killed: it may be taken over. */
VERGER_EXPORT int64_t verger_lock_stale_seconds(void);

/* Milliseconds between a put of the lock and a look at it, where the server does not keep a second
 * put out: a rival who looked before has put its own by then. */
VERGER_EXPORT int64_t verger_lock_pause_milliseconds(void);

/* The object's bytes. `token` is random; `host` names a machine since it was started, and its
 * numbering of processes, "" if that cannot be told; `start` says when the process began. */
VERGER_EXPORT verger_status verger_lock_document(verger_text token, verger_text host,
                                                 int64_t process, verger_text start,
                                                 verger_bytes* document, verger_error* error);

/* The number of the process on `host` that wrote a lock; 0 if that does not tell. */
VERGER_EXPORT int64_t verger_lock_process(verger_text document, verger_text host);

/* Not 0 if the run that wrote a lock is known to be gone. Of the process verger_lock_process:
 * `start_seen` says when it began, "" if that cannot be seen; `process_exists` is not 0 if the
 * system knows it, hidden or not. */
VERGER_EXPORT int32_t verger_lock_is_gone(verger_text document, verger_text host,
                                          verger_text start_seen, int32_t process_exists,
                                          int64_t age_seconds);

/* Regions where buckets may lie, as "eu-west-3,eu-west-1", without spaces and empty names; "any" if
 * that is among them; "" if the list names none: then AWS's buckets must lie in Paris, and those of
 * other servers are free. Errors: VERGER_BAD_CALL for what is no name of a region. */
VERGER_EXPORT verger_status verger_regions_read(verger_text list, verger_bytes* regions,
                                                verger_error* error);

/* An endpoint, such as "https://host:port", as requests name it: small letters, no '/' at its end,
 * no port that its scheme implies.
 * Errors: VERGER_BAD_CALL for what is none, or what parsers could read in two ways. */
VERGER_EXPORT verger_status verger_endpoint_read(verger_text url, verger_bytes* endpoint,
                                                 verger_error* error);

/* The host of any URL, whether it is AWS's (1, or 0), and what AWS's names in the place of the
 * region: "eu-west-3", or "iam". Errors: VERGER_BAD_CALL where parsers could read two hosts. */
VERGER_EXPORT verger_status verger_host_read(verger_text url, verger_bytes* host, int32_t* is_aws,
                                             verger_bytes* region, verger_error* error);

/* The endpoint of S3 in a region of AWS. */
VERGER_EXPORT verger_status verger_s3_endpoint(verger_text region, verger_bytes* endpoint,
                                               verger_error* error);

typedef struct verger_bucket {
  verger_text name;
  verger_text endpoint; /* by verger_endpoint_read; "": AWS's own */
  verger_text region;   /* that was set; "": none was */
} verger_bucket;

/* What to ask before anything else is sent: HEAD of the bucket at `endpoint`, signed, if at all,
 * for `region`. An empty `endpoint`: nothing is to be asked, and `region` is the one to use.
 * `allowed`: by verger_regions_read.
 * Errors: VERGER_REFUSED for an endpoint of AWS that is of no allowed region; VERGER_BAD_CALL for
 * what is no name of a region. */
VERGER_EXPORT verger_status verger_region_question(const verger_bucket* bucket, verger_text allowed,
                                                   verger_bytes* endpoint, verger_bytes* region,
                                                   verger_error* error);

/* The region to use. `answer`: its header x-amz-bucket-region, "" if it has none.
 * Errors: VERGER_REFUSED, naming bucket, region and remedy. */
VERGER_EXPORT verger_status verger_region_check(const verger_bucket* bucket, verger_text allowed,
                                                verger_text answer, verger_bytes* region,
                                                verger_error* error);

/* Whether what follows "s3://" begins with a bucket's name; an ARN may stand alone.
 * Errors: VERGER_BAD_CALL for what is none, with what to write instead. */
VERGER_EXPORT verger_status verger_bucket_check(verger_text place, verger_error* error);

/* What an error of S3 means. */
typedef enum verger_s3_kind {
  VERGER_S3_OTHER = 0,
  VERGER_S3_MISSING = 1,       /* there is no such object */
  VERGER_S3_NO_BUCKET = 2,     /* there is no such bucket */
  VERGER_S3_DENIED = 3,        /* these credentials may not do it */
  VERGER_S3_CREDENTIALS = 4,   /* they have expired, or are no good for anything */
  VERGER_S3_WRONG_REGION = 5,  /* the bucket lies elsewhere */
  VERGER_S3_NOT_SUPPORTED = 6, /* the server does not know the request */
  VERGER_S3_MAY_PASS = 7       /* the network's or the server's, for the moment */
} verger_s3_kind;

/* `status`: of HTTP, 0 if none is known; `code`: S3's, "" if it said none. */
VERGER_EXPORT verger_s3_kind verger_s3_kind_of(int32_t status, verger_text code);

/* Code and message in the XML body of an answer; "" where it has none. */
VERGER_EXPORT verger_status verger_s3_body(verger_text body, verger_bytes* code,
                                           verger_bytes* message, verger_error* error);

/* An error in a line: "cannot VERB 'PATH': what was said; what to do". */
VERGER_EXPORT verger_status verger_s3_error(verger_text verb, verger_text path, int32_t status,
                                            verger_text code, verger_text message,
                                            verger_s3_kind* kind, verger_bytes* line,
                                            verger_error* error);

/* The same of a put that was refused, or answered with a status of success but without what it
 * asked for besides to be stored: `conditional` is not 0 for If-None-Match or If-Match;
 * `encryption` is what --sse names, "" for nothing. */
VERGER_EXPORT verger_status verger_s3_put_error(verger_text path, int32_t status, verger_text code,
                                                verger_text message, int32_t conditional,
                                                verger_text encryption, verger_bytes* line,
                                                verger_error* error);

/* The same of an error of Arrow's S3 filesystem, whose text quotes `bucket` and `key`. */
VERGER_EXPORT verger_status verger_s3_arrow_error(verger_text verb, verger_text path,
                                                  verger_text text, verger_text bucket,
                                                  verger_text key, verger_s3_kind* kind,
                                                  verger_bytes* line, verger_error* error);

/* Why a photo is rejected whose object may not be read: "cannot be read: what was said; what to
 * do". */
VERGER_EXPORT verger_status verger_s3_rejection(int32_t status, verger_text code,
                                                verger_text message, verger_bytes* text,
                                                verger_error* error);

/* ---- AWS: settings, credentials, signatures, proxies ----------------------------------------
 *
 * What AWS's tools take from the environment, from ~/.aws and from services. The library says step
 * by step what it needs; the caller does it. */

typedef enum verger_aws_search {
  VERGER_AWS_SETTINGS = 0,   /* done: {"region", "endpoint"}, "" for what nobody set */
  VERGER_AWS_CREDENTIALS = 1 /* done: {"access_key", "secret_key", "session_token", "renew_at",
                                "expires"} */
} verger_aws_search;

/* The next step, as JSON: {"read": path}, {"run": command of sh},
 * {"send": {"method", "url", "headers", "body", "local"}}, where `local` is not 0 for a server of
 * the machine itself, which no proxy knows and which answers at once; or the end: {"done": ...} or
 * {"error": words for people}. `renew_at` and `expires`: seconds since 1970, 0 for never;
 * between them credentials go on to serve if there are no new ones.
 *
 * `environment`: {"variables": {name: value}, "home", "region" of the bucket or "", "now"}.
 * `answers`: to the steps so far, in order: of a file its text, or null if there is none; of a
 * command {"status", "said"}; of a request {"status", "body", "error"}, status 0 if no
 * answer came.
 * Errors: VERGER_BAD_CALL for a chosen profile that is in neither file of AWS. */
VERGER_EXPORT verger_status verger_aws_next(verger_aws_search search, verger_text environment,
                                            verger_text answers, verger_bytes* step,
                                            verger_error* error);

/* A request to S3 as it is sent. */
typedef struct verger_s3_request {
  verger_text method;
  verger_text path;        /* encoded, from the first '/' */
  verger_text query;       /* encoded, sorted by name */
  verger_text headers;     /* lines "name:value\n", names in small letters, with host */
  verger_text body_sha256; /* hexadecimal */
} verger_s3_request;

/* The headers that sign a request, as lines "name: value\n". `credentials`: by verger_aws_next.
 * Units: `now` seconds since 1970. Cost: 20 microseconds. Source: AWS Signature Version 4. */
VERGER_EXPORT verger_status verger_s3_sign(const verger_s3_request* request,
                                           verger_text credentials, verger_text region, int64_t now,
                                           verger_bytes* headers, verger_error* error);

/* The proxy that the environment's `variables` ({name: value}) name for a URL: http_proxy,
 * https_proxy, all_proxy but for the hosts of no_proxy, in small letters or capitals. As
 * "http://user:password@host:port"; "" for none. Errors: VERGER_BAD_CALL for what is none. */
VERGER_EXPORT verger_status verger_proxy_for(verger_text url, verger_text variables,
                                             verger_bytes* proxy, verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_H_ */
