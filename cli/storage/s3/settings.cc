#include "cli/storage/s3/settings.h"

#include <fmt/core.h>

#include <cstdlib>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "cli/base/error.h"
#include "cli/base/json.h"
#include "cli/base/library.h"
#include "cli/net/certificates.h"
#include "cli/storage/s3/aws.h"

namespace verger::cli {
namespace {

// The first of these variables that is set to something; "" if none is.
std::string FromEnvironment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

bool IsAws(const S3Settings& settings) {
  if (settings.endpoint.empty()) return true;
  LibraryBytes name, region;
  std::int32_t is_aws = 0;
  const std::string url = fmt::format("{}://{}", settings.scheme, settings.endpoint);
  Call(verger_host_read, Borrowed(url), name.out(), &is_aws, region.out());
  return is_aws != 0;
}

void SetEndpoint(std::string_view url, S3Settings* settings) {
  const std::string endpoint = TextOf(verger_endpoint_read, Borrowed(url));
  const std::size_t colon = endpoint.find("://");
  settings->scheme = endpoint.substr(0, colon);
  settings->endpoint = endpoint.substr(colon + 3);
}

S3Settings FindS3Settings(const S3Options& options) {
  S3Settings settings;
  settings.sign = !options.no_sign_request;
  settings.request_payer = options.request_payer;
  settings.encryption = options.encryption;
  settings.encryption_key = options.encryption_key;
  if (!options.encryption_key.empty() && options.encryption != "aws:kms") {
    throw Failure(Exit::kUsage, "--sse-kms-key-id: give --sse aws:kms as well");
  }
  const std::string regions =
      options.regions.empty() ? FromEnvironment({"VERGER_REGIONS"}) : options.regions;
  settings.allowed_regions = TextOf(verger_regions_read, Borrowed(regions));
  settings.ca_file = FindCertificates();
  const auto aws = ParseJson(SearchAws(VERGER_AWS_SETTINGS, "", settings.ca_file));
  settings.region = aws.at("region");
  const std::string url = aws.at("endpoint");
  if (!url.empty()) SetEndpoint(url, &settings);
  settings.path_style =
      options.addressing.empty() ? !settings.endpoint.empty() : options.addressing == "path";
  return settings;
}

}  // namespace verger::cli
