#include "cli/storage/s3/region_guard.h"

#include <fmt/format.h>

#include "cli/base/library.h"
#include "cli/storage/s3/client.h"
#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

// What the server at an endpoint says of the bucket's region; "" if it does not tell.
std::string AskServer(S3Settings settings, const std::string& bucket, std::string_view endpoint,
                      std::string_view region) {
  // Unsigned, AWS tells it as well, and without a region in the signature that may be wrong.
  if (settings.endpoint.empty()) settings.sign = false;
  SetEndpoint(endpoint, &settings);
  settings.region = region;
  S3Client client(settings, bucket);
  const S3Answer answer = client.Send({"HEAD", "", "", {}, ""});
  const verger_s3_kind kind = KindOf(answer);
  const bool unknown = kind == VERGER_S3_NO_BUCKET || kind == VERGER_S3_MAY_PASS;
  if (answer.bucket_region.empty() && unknown) {
    throw S3Failure("find", client.PathOf(""), answer);
  }
  return answer.bucket_region;
}

}  // namespace

S3Settings GuardRegion(S3Settings settings, const std::string& bucket) {
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
  const std::string answer = AskServer(settings, bucket, ask.view(), usual.view());
  settings.region = TextOf(verger_region_check, &address, allowed, Borrowed(answer));
  return settings;
}

}  // namespace verger::cli
