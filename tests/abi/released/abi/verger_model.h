/* verger_model.h: networks: their files, presets, precisions. Part of verger.h, whose rules hold.
 */
#ifndef VERGER_MODEL_H_
#define VERGER_MODEL_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct verger_model verger_model;

/* The names that verger_model_options.preset accepts, separated by commas. Static. */
VERGER_EXPORT const char* verger_presets(void);

/* Names of the networks that come with it, separated by commas; first the default. Static. */
VERGER_EXPORT const char* verger_embedded_models(void);

/* The networks that can be downloaded: a JSON list of objects with name, file_name, url, bytes,
 * md5, preset and license. Static. */
VERGER_EXPORT const char* verger_model_sources(void);

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_MODEL_H_ */
