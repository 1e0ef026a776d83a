/* The rules of buckets: the lock of an output, regions, errors of S3. */
#include <string.h>

#include "tests/abi/check.h"

static verger_text text(const char* characters) {
  const verger_text borrowed = {characters, strlen(characters)};
  return borrowed;
}

/* Whether returned bytes are `expected`; frees them. */
static bool are(verger_bytes bytes, const char* expected) {
  const bool same = bytes.size == strlen(expected) && memcmp(bytes.data, expected, bytes.size) == 0;
  verger_bytes_free(bytes);
  return same;
}

static void test_locks(void) {
  verger_error error = {""};
  verger_bytes document = {NULL, 0};
  CHECK_OK(verger_lock_document(text("1a"), text("farm"), 42, text("777"), &document, &error),
           &error);
  const verger_text written = {(const char*)document.data, document.size};
  CHECK(verger_lock_process(written, text("farm")) == 42);
  CHECK(verger_lock_process(written, text("another")) == 0);
  CHECK(!verger_lock_is_gone(written, text("farm"), text(""), 1, 0));
  CHECK(verger_lock_is_gone(written, text("farm"), text(""), 0, 0));
  const verger_text nothing = {NULL, 0};
  CHECK(!verger_lock_is_gone(nothing, nothing, nothing, 0, 0));
  CHECK(verger_lock_is_gone(nothing, nothing, nothing, 0, verger_lock_stale_seconds()));
  CHECK(verger_lock_renew_seconds() < verger_lock_stale_seconds());
  CHECK(verger_lock_pause_milliseconds() > 0);
  CHECK(are(document, "{\"token\":\"1a\",\"host\":\"farm\",\"process\":42,\"start\":\"777\"}\n"));
  CHECK_FAILS(verger_lock_document(nothing, nothing, 1, nothing, NULL, &error), VERGER_BAD_CALL,
              &error, "NULL");
}

static void test_regions(void) {
  verger_error error = {""};
  verger_bytes first = {NULL, 0};
  verger_bytes second = {NULL, 0};
  int32_t is_aws = 0;
  CHECK_OK(verger_host_read(text("https://s3.eu-west-3.amazonaws.com/a"), &first, &is_aws, &second,
                            &error),
           &error);
  CHECK(is_aws == 1);
  CHECK(are(first, "s3.eu-west-3.amazonaws.com"));
  CHECK(are(second, "eu-west-3"));

  const verger_bucket bucket = {text("fruits"), {NULL, 0}, {NULL, 0}};
  CHECK_OK(verger_region_question(&bucket, text(""), &first, &second, &error), &error);
  CHECK(are(first, "https://s3.eu-west-3.amazonaws.com"));
  CHECK(are(second, "eu-west-3"));
  CHECK_FAILS(verger_region_check(&bucket, text(""), text("us-east-1"), &first, &error),
              VERGER_REFUSED, &error, "s3://fruits: refused");
  CHECK_FAILS(verger_region_check(NULL, text(""), text(""), &first, &error), VERGER_BAD_CALL,
              &error, "bucket");
  CHECK_FAILS(verger_regions_read(text("Paris!"), &first, &error), VERGER_BAD_CALL, &error,
              "Paris!");
}

static void test_errors(void) {
  verger_error error = {""};
  verger_s3_kind kind = VERGER_S3_OTHER;
  verger_bytes line = {NULL, 0};
  CHECK(verger_s3_kind_of(403, text("ExpiredToken")) == VERGER_S3_CREDENTIALS);
  CHECK_OK(verger_s3_error(text("read"), text("s3://b/k"), 404, text("NoSuchKey"), text(""), &kind,
                           &line, &error),
           &error);
  CHECK(kind == VERGER_S3_MISSING);
  CHECK(are(line, "cannot read 's3://b/k': NoSuchKey (HTTP 404); check the name"));
  CHECK_OK(verger_s3_put_error(text("s3://b/k"), 200, text(""), text(""), 0, text("AES256"), &line,
                               &error),
           &error);
  CHECK(are(line,
            "cannot write 's3://b/k': the server does not say that it has encrypted it; the server "
            "does not encrypt as --sse AES256 asks: leave --sse out, or use a server that does"));
  CHECK_OK(verger_s3_arrow_error(text("read"), text("s3://b/k"),
                                 text("AWS Error ACCESS_DENIED during GetObject operation: no"),
                                 text("b"), text("k"), &kind, &line, &error),
           &error);
  CHECK(kind == VERGER_S3_DENIED);
  verger_bytes_free(line);
  CHECK_OK(verger_s3_rejection(403, text("AccessDenied"), text("no"), &line, &error), &error);
  CHECK(are(line,
            "cannot be read: AccessDenied (HTTP 403): no; give these credentials the right to it, "
            "or use others"));
  CHECK_OK(verger_bucket_check(text("fruits/Data"), &error), &error);
  CHECK_FAILS(verger_bucket_check(text("arn:aws:s3:::fruits"), &error), VERGER_BAD_CALL, &error,
              "s3://fruits");
}

static void test_aws(void) {
  verger_error error = {""};
  verger_bytes step = {NULL, 0};
  const verger_text environment = text(
      "{\"variables\": {\"AWS_ACCESS_KEY_ID\": \"me\", \"AWS_SECRET_ACCESS_KEY\": \"s\"}, "
      "\"home\": \"/home/ada\", \"region\": \"\", \"now\": 0}");
  CHECK_OK(verger_aws_next(VERGER_AWS_CREDENTIALS, environment, text("[]"), &step, &error), &error);
  CHECK(are(step, "{\"read\":\"/home/ada/.aws/config\"}"));
  CHECK_OK(verger_aws_next(VERGER_AWS_SETTINGS, environment, text("[null, null]"), &step, &error),
           &error);
  CHECK(are(step, "{\"done\":{\"endpoint\":\"\",\"region\":\"\"}}"));
  CHECK_FAILS(verger_aws_next(VERGER_AWS_SETTINGS, environment, text("[]"), NULL, &error),
              VERGER_BAD_CALL, &error, "NULL");

  CHECK_OK(
      verger_aws_next(VERGER_AWS_CREDENTIALS, environment, text("[null, null]"), &step, &error),
      &error);
  CHECK(step.size > 9 && memcmp(step.data, "{\"done\":", 8) == 0);
  const verger_text credentials = {(const char*)step.data + 8, step.size - 9};
  const verger_s3_request request = {text("GET"), text("/"), text(""), text("host:farm\n"),
                                     text("e3b0c442")};
  verger_bytes headers = {NULL, 0};
  CHECK_OK(verger_s3_sign(&request, credentials, text("eu-west-3"), 0, &headers, &error), &error);
  CHECK(headers.size > 15 && memcmp(headers.data, "authorization: ", 15) == 0);
  verger_bytes_free(headers);
  verger_bytes_free(step);
  CHECK_FAILS(verger_s3_sign(NULL, text(""), text(""), 0, &headers, &error), VERGER_BAD_CALL,
              &error, "request");

  const verger_text variables = text("{\"HTTP_PROXY\": \"farm:3128\"}");
  CHECK_OK(verger_proxy_for(text("http://s3.test"), variables, &step, &error), &error);
  CHECK(are(step, "http://farm:3128"));
  CHECK_FAILS(verger_proxy_for(text("http://s3.test"), variables, NULL, &error), VERGER_BAD_CALL,
              &error, "proxy");
}

void test_buckets(void) {
  test_locks();
  test_regions();
  test_errors();
  test_aws();
}
