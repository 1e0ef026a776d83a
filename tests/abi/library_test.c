/* The library as a whole, its bytes, and models. */
#include <stdlib.h>
#include <string.h>

#include "tests/abi/check.h"

static void test_sha256(void) {
  char hex[65];
  memset(hex, 'x', sizeof(hex));
  verger_sha256("abc", 3, hex); /* FIPS 180-2, appendix B.1 */
  CHECK(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
  verger_sha256(NULL, 0, hex);
  CHECK(strcmp(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == 0);
}

void test_library(void) {
  CHECK(strcmp(verger_version(), VERGER_VERSION) == 0);
  CHECK(strstr(verger_presets(), "keras") != NULL);
  CHECK(strstr(verger_presets(), "torchvision") != NULL);
  CHECK(verger_presets() == verger_presets());
  CHECK(strstr(verger_model_sources(), "\"name\": \"resnet50\"") != NULL);
  test_sha256();
  const verger_bytes nothing = {NULL, 0};
  verger_bytes_free(nothing);
  verger_model_free(NULL);
  verger_extractor_free(NULL);
  verger_moments_free(NULL);
  verger_pca_free(NULL);
}

static void test_embedded(void) {
  verger_error error = {""};
  verger_model* model = NULL;
  CHECK_OK(verger_model_embedded(NULL, NULL, &model, &error), &error);
  if (model == NULL) return;
  const char* about = verger_model_describe(model);
  CHECK(about == verger_model_describe(model));
  CHECK(strstr(about, "\"name\":\"efficientnet-lite0\"") != NULL);
  CHECK(strstr(about, "\"format\":\"onnx\"") != NULL);
  CHECK(strstr(about, "\"dimension\":1280") != NULL);
  CHECK(strstr(about, "\"width\":224") != NULL);
  CHECK(strstr(about, "\"sha256\":\"") != NULL);
  CHECK(strstr(about, "\"identity\":\"") != NULL);
  verger_model_free(model);
  model = NULL;
  verger_model_options options = {.struct_size = sizeof(options)};
  CHECK_OK(verger_model_embedded("efficientnet-lite0", &options, &model, &error), &error);
  verger_model_free(model);
  CHECK_FAILS(verger_model_embedded(NULL, NULL, NULL, &error), VERGER_BAD_CALL, &error,
              "must not be NULL");
  CHECK_FAILS(verger_model_embedded("plum", NULL, &model, &error), VERGER_BAD_CALL, &error,
              "efficientnet-lite0");
  options.preset = "keras";
  CHECK_FAILS(verger_model_embedded(NULL, &options, &model, &error), VERGER_BAD_CALL, &error,
              "leave out keras");
  options.preset = "size=112";
  CHECK_OK(verger_model_embedded("efficientnet-lite2", &options, &model, &error), &error);
  if (model == NULL) return;
  CHECK(strstr(verger_model_describe(model), "\"preset\":\"efficientnet-lite,size=112\"") != NULL);
  CHECK(strstr(verger_model_describe(model), "\"width\":112,\"height\":112") != NULL);
  verger_model_free(model);
  options.preset = "decode=fast,filter=box";
  CHECK_FAILS(verger_model_embedded(NULL, &options, &model, &error), VERGER_BAD_CALL, &error,
              "only size, decode and views");
  options.preset = "decode=fast,views=3";
  CHECK_OK(verger_model_embedded(NULL, &options, &model, &error), &error);
  CHECK(strstr(verger_model_describe(model), ":decode=fast2:views=3\"") != NULL);
  CHECK(strstr(verger_model_describe(model), "\"views\":3,") != NULL);
  verger_model_free(model);
  options.preset = NULL;
  options.pool = "cls";
  CHECK_FAILS(verger_model_embedded(NULL, &options, &model, &error), VERGER_BAD_CALL, &error,
              "its own features");
}

static void test_app_network(void) {
  verger_error error = {""};
  verger_model* model = NULL;
  verger_bytes small = {NULL, 0};
  verger_bytes large = {NULL, 0};
  CHECK_OK(verger_model_embedded(NULL, NULL, &model, &error), &error);
  if (model == NULL) return;
  CHECK_OK(verger_model_app_network(model, NULL, &small, &error), &error);
  CHECK_OK(verger_model_app_network(model, "fp32", &large, &error), &error);
  CHECK(small.size > 1000000 && large.size > 2 * small.size);
  CHECK(small.data != NULL && memcmp(small.data, "VERGNET", 7) == 0);
  CHECK_FAILS(verger_model_app_network(model, "int3", &small, &error), VERGER_BAD_CALL, &error,
              "choose one of: fp32, fp16");
  CHECK_FAILS(verger_model_app_network(NULL, NULL, &small, &error), VERGER_BAD_CALL, &error,
              "must not be NULL");
  verger_bytes_free(small);
  verger_bytes_free(large);
  verger_model_free(model);
}

static void test_bad_models(void) {
  verger_error error = {""};
  verger_model* const untouched = (verger_model*)&error;
  verger_model* model = untouched;
  const char junk[] = "<!DOCTYPE html><title>404</title>";
  verger_model_options options = {
      .struct_size = sizeof(options), .name = "plum.onnx", .preset = "keras"};
  CHECK_FAILS(verger_model_read(junk, sizeof(junk), &options, &model, &error), VERGER_BAD_MODEL,
              &error, "plum.onnx");
  CHECK_FAILS(verger_model_read(junk, sizeof(junk), NULL, &model, &error), VERGER_BAD_MODEL, &error,
              "model");
  CHECK_FAILS(verger_model_read(junk, 0, NULL, &model, &error), VERGER_BAD_MODEL, &error, "");
  CHECK_FAILS(verger_model_read(NULL, 0, NULL, &model, &error), VERGER_BAD_CALL, &error, "data");
  CHECK_FAILS(verger_model_read(junk, 1, NULL, NULL, &error), VERGER_BAD_CALL, &error, "model");
  options.struct_size = 0;
  CHECK_FAILS(verger_model_read(junk, 1, &options, &model, &error), VERGER_BAD_CALL, &error,
              "struct_size");
  /* An older caller, whose struct ended after `name`: the preset is the default. */
  options.struct_size = offsetof(verger_model_options, preset);
  options.preset = "no such preset";
  CHECK_FAILS(verger_model_read(junk, sizeof(junk), &options, &model, &error), VERGER_BAD_MODEL,
              &error, "plum.onnx");
  CHECK(verger_model_read(junk, sizeof(junk), NULL, &model, NULL) == VERGER_BAD_MODEL);
  CHECK(model == untouched);
}

/* An ONNX file of one node, of a kind that no engine knows: x -> NoSuchOperator -> y, both float32
 * of 1 x 3 x 8 x 8. A message of protobuf is a tag, a length and as many bytes. */
static const char unknown_operator[] =
    "\x08\x08"                                                         /* version of the format */
    "\x42\x04\x0a\x00\x10\x0d"                                         /* operators of version 13 */
    "\x3a\x55"                                                         /* the graph */
    "\x0a\x16\x0a\x01x\x12\x01y\x22\x0eNoSuchOperator"                 /* its node */
    "\x12\x01g"                                                        /* its name */
    "\x5a\x1b\x0a\x01x\x12\x16\x0a\x14\x08\x01\x12\x10"                /* its input */
    "\x0a\x02\x08\x01\x0a\x02\x08\x03\x0a\x02\x08\x08\x0a\x02\x08\x08" /* of this shape */
    "\x62\x1b\x0a\x01y\x12\x16\x0a\x14\x08\x01\x12\x10"                /* its output */
    "\x0a\x02\x08\x01\x0a\x02\x08\x03\x0a\x02\x08\x08\x0a\x02\x08\x08";

/* The engine throws inside a library that is not ours; what it throws must end as a status. */
static void test_what_the_engine_throws(void) {
  verger_error error = {""};
  verger_model* model = NULL;
  const verger_model_options options = {
      .struct_size = sizeof(options), .name = "odd.onnx", .preset = "keras"};
  CHECK_FAILS(
      verger_model_read(unknown_operator, sizeof(unknown_operator) - 1, &options, &model, &error),
      VERGER_BAD_MODEL, &error, "odd.onnx: not a network the engine can run");
  CHECK(model == NULL);
}

/* Whether `text` ends with a whole character of two bytes of U+00E9. */
static bool ends_whole(const char* text) {
  const size_t size = strlen(text);
  return size >= 2 && (unsigned char)text[size - 2] == 0xC3 &&
         (unsigned char)text[size - 1] == 0xA9;
}

/* A message too long is cut, but never in the middle of a character: at either parity. */
static void test_cut_messages(void) {
  char name[4096];
  for (int shift = 0; shift < 2; ++shift) {
    verger_error error;
    memset(&error, 'x', sizeof(error));
    memset(name, 'a', sizeof(name));
    for (size_t i = (size_t)shift; i + 2 < sizeof(name); i += 2) memcpy(name + i, "\xC3\xA9", 2);
    name[sizeof(name) - 3 - shift % 2] = '\0';
    const verger_model_options options = {
        .struct_size = sizeof(options), .name = name, .preset = NULL};
    verger_model* model = NULL;
    CHECK(verger_model_read("junk", 4, &options, &model, &error) == VERGER_BAD_MODEL);
    CHECK(memchr(error.message, '\0', sizeof(error.message)) != NULL);
    error.message[sizeof(error.message) - 1] = '\0';
    CHECK(strlen(error.message) >= sizeof(error.message) - 2);
    CHECK(ends_whole(error.message));
  }
}

void test_models(void) {
  test_embedded();
  test_app_network();
  test_what_the_engine_throws();
  test_bad_models();
  test_cut_messages();
}
