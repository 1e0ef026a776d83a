// s3_error.cc: the errors of S3 servers.
#include "core/runs/s3_errors.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string_view text = fuzz::AsText(data, size);
  for (const int status : {0, 403, 503}) {
    S3Reply reply = ReadS3Body(text);
    reply.status = status;
    VERGER_FUZZ_REQUIRE(!RejectionOf(reply).empty());
    VERGER_FUZZ_REQUIRE(!ExplainS3Error("read", "s3://a/b", reply).message.empty());
    VERGER_FUZZ_REQUIRE(!ExplainS3Put("s3://a/b", reply, {true, "aws:kms"}).message.empty());
  }
  static_cast<void>(ReadArrowError(text, "bucket", "key"));
  return 0;
}
