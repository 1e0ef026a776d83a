/* Text for people, summaries and limits: what the shells take from the library. */
#include <stddef.h>
#include <string.h>

#include "tests/abi/check.h"

static verger_text text_of(const char* text) {
  const verger_text whole = {text, strlen(text)};
  return whole;
}

/* Whether `bytes` are `expected`; gives them back. */
static bool are(verger_bytes bytes, const char* expected) {
  const bool same = bytes.size == strlen(expected) &&
                    (bytes.size == 0 || memcmp(bytes.data, expected, bytes.size) == 0);
  verger_bytes_free(bytes);
  return same;
}

static void test_words(void) {
  verger_error error = {""};
  verger_bytes bytes = {NULL, 0};
  const verger_text nothing = {NULL, 0};
  const verger_text cut = {"a\n\0b", 4}; /* not up to a 0 */
  CHECK_OK(verger_printable(cut, &bytes, &error), &error);
  CHECK(are(bytes, "a\\x0a\\x00b"));
  CHECK_OK(verger_printable(nothing, &bytes, &error), &error);
  CHECK(are(bytes, ""));
  CHECK_FAILS(verger_printable(cut, NULL, &error), VERGER_BAD_CALL, &error, "text");
  int32_t columns = -1;
  CHECK_OK(verger_display_width(nothing, &columns, &error), &error);
  CHECK(columns == 0);
  CHECK_OK(verger_display_width(text_of("a\xe6\xa1\x83"), &columns, &error), &error); /* a peach */
  CHECK(columns == 3);
  CHECK_FAILS(verger_display_width(nothing, NULL, &error), VERGER_BAD_CALL, &error, "columns");
  CHECK_OK(verger_with_commas(UINT64_MAX, &bytes, &error), &error);
  CHECK(are(bytes, "18,446,744,073,709,551,615"));
  CHECK_FAILS(verger_with_commas(1, NULL, &error), VERGER_BAD_CALL, &error, "text");
  CHECK_OK(verger_pluralize(1, text_of("photo"), text_of("photos"), &bytes, &error), &error);
  CHECK(are(bytes, "1 photo"));
  CHECK_FAILS(verger_pluralize(-1, nothing, nothing, &bytes, &error), VERGER_BAD_CALL, &error,
              "count");
  CHECK_OK(verger_human_bytes(94765736, &bytes, &error), &error);
  CHECK(are(bytes, "94.8 MB"));
  CHECK_FAILS(verger_human_bytes(1, NULL, &error), VERGER_BAD_CALL, &error, "text");
}

static const char manifest[] =
    "{\"labels\": 1,"
    " \"model\": {\"name\": \"m\", \"sha256\": \"aa\", \"preset\": \"keras\", \"dimension\": 8},"
    " \"preprocessing\": [{\"rows\": 3, \"rejects\": 1}],"
    " \"rejects\": [{\"path\": \"a.jpg\", \"reason\": \"empty\"}]}";

static void test_summary(void) {
  verger_error error = {""};
  verger_bytes bytes = {NULL, 0};
  const verger_text whole = text_of(manifest), facts = text_of("{}");
  CHECK_OK(verger_summary(whole, facts, VERGER_SUMMARY_EXTRACTION, &bytes, &error), &error);
  CHECK(are(bytes, "4 photos, 1 label, 1 reject by m: 8 features each\n  rejected a.jpg: empty\n"));
  CHECK_OK(verger_summary(whole, facts, VERGER_SUMMARY_REDUCTION, &bytes, &error), &error);
  CHECK(are(bytes, ""));
  CHECK_FAILS(verger_summary(whole, facts, (verger_summary_kind)3, &bytes, &error), VERGER_BAD_CALL,
              &error, "kind");
  CHECK_FAILS(verger_summary(whole, facts, VERGER_SUMMARY_JSON, NULL, &error), VERGER_BAD_CALL,
              &error, "text");
  CHECK_FAILS(verger_summary(facts, facts, VERGER_SUMMARY_JSON, &bytes, &error), VERGER_BAD_OUTPUT,
              &error, "preprocessing");
  CHECK_FAILS(verger_summary(whole, whole, VERGER_SUMMARY_JSON, NULL, &error), VERGER_BAD_CALL,
              &error, "");
  CHECK_OK(verger_too_many_rejects(whole, 0.25, &bytes, &error), &error);
  CHECK(are(bytes, ""));
  CHECK_OK(verger_too_many_rejects(whole, 0.2, &bytes, &error), &error);
  CHECK(bytes.size > 0 && memcmp(bytes.data, "1 of 4 photos were rejected", 27) == 0);
  verger_bytes_free(bytes);
  CHECK_FAILS(verger_too_many_rejects(whole, 0, NULL, &error), VERGER_BAD_CALL, &error, "text");
}

static void test_limits(void) {
  verger_error error = {""};
  verger_bytes reason = {NULL, 0};
  CHECK_OK(verger_too_large(11, 10, &reason, &error), &error);
  CHECK(are(reason, "too large: 11 bytes, more than --max-bytes 10"));
  CHECK_FAILS(verger_too_large(11, 10, NULL, &error), VERGER_BAD_CALL, &error, "reason");
  verger_limits limits;
  memset(&limits, 0, sizeof(limits));
  CHECK_FAILS(verger_limits_get(&limits, &error), VERGER_BAD_CALL, &error, "struct_size");
  CHECK_FAILS(verger_limits_get(NULL, &error), VERGER_BAD_CALL, &error, "limits");
  /* An older caller, whose struct ended before `part_rows`. */
  limits.struct_size = offsetof(verger_limits, part_rows);
  CHECK_OK(verger_limits_get(&limits, &error), &error);
  CHECK(limits.max_photo_bytes == 128 << 20 && limits.part_rows == 0);
  limits.struct_size = sizeof(limits);
  CHECK_OK(verger_limits_get(&limits, &error), &error);
  CHECK(limits.part_rows == verger_part_rows(0, 1) && limits.struct_size == sizeof(limits));
  CHECK(verger_part_rows(-1, -1) == 512 && verger_part_rows(1 << 20, 2048) == 1024);
  CHECK(verger_part_rows(INT64_MAX, 0) == 128 << 18); /* rows of one number each */
  CHECK(verger_output_bytes(-1, -1) == 0 && verger_output_bytes(1, 1) > 8);
}

static void test_sample(void) {
  const verger_text nothing = {NULL, 0};
  CHECK(verger_sample_rank(text_of("abc")) == 0xba7816bf8f01cfea);
  CHECK(verger_sample_rank(nothing) == 0xe3b0c44298fc1c14);
}

void test_text(void) {
  test_words();
  test_summary();
  test_limits();
  test_sample();
}
