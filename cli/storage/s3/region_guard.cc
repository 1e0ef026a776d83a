#include "cli/storage/s3/region_guard.h"

#include <fmt/core.h>

#include "cli/base/library.h"
#include "cli/storage/s3/client.h"
#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

// Returns the region that the server at an endpoint reports for the bucket; "" if it reports none.
std::string RequestRegion(S3Settings settings, const std::string& bucket, std::string_view endpoint,
                          std::string_view region, std::uint64_t* retries) {
  // AWS reports it to unsigned requests too, which need no region that may be wrong.
  if (settings.endpoint.empty()) settings.sign = false;
  SetEndpoint(endpoint, &settings);
  settings.region = region;
  S3Client client(settings, bucket);
  const S3Answer answer = client.Send({"HEAD", "", "", {}, ""});
  *retries += client.retries();
  const verger_s3_kind kind = KindOf(answer);
  const bool unknown = kind == VERGER_S3_NO_BUCKET || kind == VERGER_S3_MAY_PASS;
  if (answer.bucket_region.empty() && unknown) {
    throw S3Failure("find", client.PathOf(""), answer);
  }
  return answer.bucket_region;
}

}  // namespace

S3Settings GuardRegion(S3Settings settings, const std::string& bucket, std::uint64_t* retries) {
  const std::string endpoint =
      settings.endpoint.empty() ? "" : fmt::format("{}://{}", settings.scheme, settings.endpoint);
  const verger_bucket address = {Borrowed(bucket), Borrowed(endpoint), Borrowed(settings.region)};
  const verger_text allowed = Borrowed(settings.allowed_regions);
  LibraryBytes ask, usual;
  Call(verger_region_question, &address, allowed, ask.out(), usual.out());
  if (ask.view().empty()) {
    settings.region = usual.view();
    return settings;
  }
  const std::string answer = RequestRegion(settings, bucket, ask.view(), usual.view(), retries);
  settings.region = TextOf(verger_region_check, &address, allowed, Borrowed(answer));
  return settings;
}

}  // namespace verger::cli
