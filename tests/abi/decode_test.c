/* Photos decoded by the caller: through its own function, mostly verger_decode in another place. */
#include <string.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

enum { kSide = 224, kPixels = 3 * kSide * kSide };

/* A PNG of 2 x 2 pixels, and its first half. */
static const uint8_t kPhotos[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0xfd, 0xd4, 0x9a,
    0x73, 0x00, 0x00, 0x00, 0x16, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x38, 0x21, 0x27, 0x27,
    0x77, 0x42, 0x8e, 0x41, 0x4e, 0xee, 0xc4, 0x9d, 0x3b, 0x1a, 0x00, 0x1e, 0xea, 0x04, 0xed, 0x58,
    0x75, 0x2d, 0x42, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
enum { kSize = sizeof(kPhotos), kHalf = 40 };

static uint8_t pixels[kPixels];
static int decoded; /* calls of `decode` */

static verger_status decode(void* user, const verger_decode_request* request, uint8_t* to,
                            size_t size, verger_error* reason, verger_error* error) {
  ++*(int*)user;
  CHECK(request->width == kSide && request->height == kSide && size == kPixels);
  return verger_decode(request, to, size, reason, error);
}

static verger_status refuse(void* user, const verger_decode_request* request, uint8_t* to,
                            size_t size, verger_error* reason, verger_error* error) {
  (void)user;
  (void)request;
  (void)to;
  (void)size;
  (void)reason;
  strcpy(error->message, "no process to decode in");
  return VERGER_INTERNAL;
}

static void test_decode_itself(void) {
  verger_error error = {""};
  verger_error reason = {"not written yet"};
  verger_decode_request request = {.struct_size = sizeof(request),
                                   .photo = {(const char*)kPhotos, kSize},
                                   .preset = "tensorflow",
                                   .width = kSide,
                                   .height = kSide};
  CHECK_OK(verger_decode(&request, pixels, kPixels, &reason, &error), &error);
  CHECK(reason.message[0] == '\0');
  CHECK(pixels[0] != pixels[3 * (kSide - 1)]); /* the corners have colours of their own */
  request.photo.size = kHalf;
  CHECK_OK(verger_decode(&request, pixels, kPixels, &reason, &error), &error);
  CHECK(strstr(reason.message, "PNG: ") == reason.message);
  request.photo = (verger_text){NULL, 0};
  CHECK_OK(verger_decode(&request, pixels, kPixels, &reason, &error), &error);
  CHECK(reason.message[0] != '\0');

  CHECK_FAILS(verger_decode(&request, pixels, kPixels - 1, &reason, &error), VERGER_BAD_CALL,
              &error, "3 * width * height * views");
  CHECK_FAILS(verger_decode(NULL, pixels, kPixels, &reason, &error), VERGER_BAD_CALL, &error,
              "NULL");
  CHECK_FAILS(verger_decode(&request, NULL, kPixels, &reason, &error), VERGER_BAD_CALL, &error,
              "NULL");
  request.width = 0;
  CHECK_FAILS(verger_decode(&request, pixels, kPixels, &reason, &error), VERGER_BAD_CALL, &error,
              "size of its input");
  request.width = kSide;
  request.preset = "plum";
  CHECK_FAILS(verger_decode(&request, pixels, kPixels, &reason, &error), VERGER_BAD_CALL, &error,
              "plum");
}

/* Features of kPhotos, whole and half, by the decoder of `options`. */
static verger_status extract(const verger_extractor_options* options, struct ArrowArray* array,
                             struct ArrowSchema* schema, verger_error* error) {
  verger_model* model = NULL;
  verger_extractor* extractor = NULL;
  static uint8_t bytes[kSize + kHalf];
  static const int32_t offsets[] = {0, kSize, kSize + kHalf};
  memcpy(bytes, kPhotos, kSize);
  memcpy(bytes + kSize, kPhotos, kHalf);
  Batch photos;
  content_batch(&photos, false, 2, offsets, bytes);
  CHECK_OK(verger_model_embedded(NULL, NULL, &model, error), error);
  CHECK_OK(verger_extractor_create(model, options, &extractor, error), error);
  verger_model_free(model);
  const verger_status status =
      verger_extract(extractor, &photos.array, &photos.schema, array, schema, error);
  verger_extractor_free(extractor);
  return status;
}

static void test_decoder_of_the_caller(void) {
  verger_error error = {""};
  struct ArrowArray own;
  struct ArrowArray ours;
  struct ArrowSchema own_schema;
  struct ArrowSchema our_schema;
  verger_extractor_options options = {.struct_size = sizeof(options), .threads = 1};
  CHECK_OK(extract(&options, &own, &own_schema, &error), &error);
  options.decoder = (verger_decoder){decode, &decoded};
  CHECK_OK(extract(&options, &ours, &our_schema, &error), &error);
  CHECK(decoded == 2);
  const struct ArrowArray* features = column_of(&own, &own_schema, "features");
  const struct ArrowArray* same = column_of(&ours, &our_schema, "features");
  int length = 0;
  const float* row = list_at(features, 0, &length);
  CHECK(length > 0 && memcmp(row, list_at(same, 0, &length), (size_t)length * sizeof(float)) == 0);
  CHECK(is_null(features, 1) && is_null(same, 1));
  own.release(&own);
  own_schema.release(&own_schema);
  ours.release(&ours);
  our_schema.release(&our_schema);

  options.decoder = (verger_decoder){refuse, NULL};
  CHECK_FAILS(extract(&options, &ours, &our_schema, &error), VERGER_INTERNAL, &error,
              "no process to decode in");
}

void test_decode(void) {
  test_decode_itself();
  test_decoder_of_the_caller();
}
