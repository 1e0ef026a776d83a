// s3_listing.cc: XML of S3 servers, and the times in it.
#include "cli/base/error.h"
#include "cli/net/url.h"
#include "cli/storage/s3/listing_page.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string_view text = fuzz::AsText(data, size);
  static_cast<void>(cli::ParseS3Time(text));
  VERGER_FUZZ_REQUIRE(cli::DecodeQuery(cli::EncodeQuery(text)) == text);
  try {
    for (const cli::S3Object& object : cli::ParseObjectPage(text).objects) {
      VERGER_FUZZ_REQUIRE(!object.key.empty());
    }
  } catch (const cli::Failure& failure) {
    VERGER_FUZZ_REQUIRE(failure.what()[0] != '\0');
  }
  return 0;
}
