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
 * nothing.
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
  VERGER_REFUSED = 15     /* a bucket lies in a region that is not allowed */
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

/* The version of the library, e.g. "0.1.0". Static. */
VERGER_EXPORT const char* verger_version(void);

/* Names of the presets that verger_model_options.preset may name, separated by commas. Static. */
VERGER_EXPORT const char* verger_presets(void);

/* Writes the SHA-256 of `data` as 64 hexadecimal digits and a 0. Safe from many threads. */
VERGER_EXPORT void verger_sha256(const void* data, size_t size, char hex[65]);

VERGER_EXPORT void verger_bytes_free(verger_bytes bytes);

/* ---- models ------------------------------------------------------------------------------- */

typedef struct verger_model_options {
  size_t struct_size;
  const char* name;   /* for messages and identity; NULL: "model" */
  const char* preset; /* NULL: the default of the format; an ONNX file has none */
} verger_model_options;

/* Reads a network from memory: Keras's ResNet50 weights (.h5) or ONNX, told apart by content.
 *
 * Errors: VERGER_BAD_MODEL for bytes that are no network we can run; VERGER_BAD_CALL for a preset
 *         that is not one.
 * Cost:   2 to 3 times the file in memory while it is read. */
VERGER_EXPORT verger_status verger_model_read(const void* data, size_t size,
                                              const verger_model_options* options,
                                              verger_model** model, verger_error* error);

/* Opens the network inside the library: EfficientNet-Lite0 with its ImageNet weights. */
VERGER_EXPORT verger_status verger_model_embedded(verger_model** model, verger_error* error);

/* A JSON object: name, format, sha256, preset, identity (of the preset), dimension, width, height.
 * Belongs to the model. */
VERGER_EXPORT const char* verger_model_describe(const verger_model* model);

VERGER_EXPORT void verger_model_free(verger_model* model);

/* ---- photos -> features ------------------------------------------------------------------- */

typedef struct verger_extractor_options {
  size_t struct_size;
  int32_t threads;    /* of the engine; 0: as many as the processor has */
  int32_t batch_size; /* photos the network sees at a time; 0: the library's choice */
} verger_extractor_options;

/* Compiles a network; the model may be freed afterwards. Cost: a fraction of a second to
 * about a second. */
VERGER_EXPORT verger_status verger_extractor_create(const verger_model* model,
                                                    const verger_extractor_options* options,
                                                    verger_extractor** extractor,
                                                    verger_error* error);

/* Turns a batch of photos into a batch of features, the same rows in the same order.
 *
 * In:  a struct array with a child `content`: binary or large binary, the encoded photos.
 *      Other children are ignored: the caller carries them along.
 * Out: a struct array with `features`: list<float32>, null if rejected, and `error`: utf8, null if
 *      fine. `features_schema` may be NULL when the caller knows the schema.
 *
 * A photo that cannot be decoded is a row with `error` set, not a failed call.
 * Safe from many threads on one extractor: they decode side by side and take turns at the engine,
 * so threads + 1 callers keep it busy. */
VERGER_EXPORT verger_status verger_extract(const verger_extractor* extractor,
                                           const struct ArrowArray* photos,
                                           const struct ArrowSchema* photos_schema,
                                           struct ArrowArray* features,
                                           struct ArrowSchema* features_schema,
                                           verger_error* error);

VERGER_EXPORT void verger_extractor_free(verger_extractor* extractor);

/* ---- features -> moments ------------------------------------------------------------------ */

/* Refuses moments that `available` bytes cannot hold `copies` times, each of
 * dimension * (dimension + 1) / 2 doubles: to be asked before long work.
 *
 * Errors: VERGER_INTERNAL, with the remedy. */
VERGER_EXPORT verger_status verger_moments_require_memory(int32_t dimension, int32_t copies,
                                                          uint64_t available, verger_error* error);

/* Count, mean and scatter of features: all that PCA must know. Empty ones take next to no memory;
 * calls that find too little of it return VERGER_INTERNAL and change nothing. Not safe from many threads: give
 * each its own and merge them. Requires: 1 <= dimension <= 65536. */
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
} verger_drift;

/* Cost:   components * dimension^2 multiply-adds.
 * Errors: VERGER_BAD_FEATURES if the dimensions differ or nothing was counted;
 *         VERGER_BAD_CALL if drift->struct_size is not set. */
VERGER_EXPORT verger_status verger_pca_drift(const verger_pca* pca, const verger_moments* fresh,
                                             verger_drift* drift, verger_error* error);

VERGER_EXPORT void verger_pca_free(verger_pca* pca);

/* ---- outputs ------------------------------------------------------------------------------
 *
 * The rules of docs/feature-format.md, without I/O: bytes and listings in, bytes and lists of steps
 * out, which the caller carries out on its own storage. Safe from many threads, but for calls on
 * one handle. */

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_H_ */
