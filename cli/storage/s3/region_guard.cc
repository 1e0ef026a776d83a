#include "cli/storage/s3/region_guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/base/error.h"
#include "cli/storage/s3/client.h"

namespace verger::cli {
namespace {

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Asks where an allowed bucket would be: no other region hears of it.
std::string RegionOf(S3Settings settings, const std::string& bucket,
                     const std::vector<std::string>& allowed) {
  if (settings.IsAws() && settings.endpoint.empty()) {
    // Unsigned, AWS tells it as well, and without a region in the signature that may be wrong.
    settings.sign = false;
    if (settings.region.empty() || !allowed.empty()) {
      settings.region = allowed.empty() ? kDefaultRegions : allowed.front();
    }
  } else if (settings.region.empty()) {
    settings.region = allowed.empty() ? "us-east-1" : allowed.front();
  }
  S3Client client(settings, bucket);
  const S3Answer answer = client.Send({"HEAD", "", "", {}, ""});
  if (answer.bucket_region.empty() && answer.status == 404) {
    throw S3Failure("find", client.PathOf(""), "NoSuchBucket (HTTP 404)");
  }
  return answer.bucket_region;
}

}  // namespace

std::vector<std::string> AllowedRegions(const S3Settings& settings) {
  std::string_view text = settings.allowed_regions;
  std::vector<std::string> regions;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view region = text.substr(0, end);
    while (region.starts_with(' ')) region.remove_prefix(1);
    while (region.ends_with(' ')) region.remove_suffix(1);
    if (region == "any") return {};
    if (!region.empty()) regions.emplace_back(region);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // Also where the list names none, such as ",": that must not open the door.
  if (regions.empty() && settings.IsAws()) regions.emplace_back(kDefaultRegions);
  return regions;
}

S3Settings GuardRegion(S3Settings settings, const std::string& bucket) {
  const std::vector<std::string> allowed = AllowedRegions(settings);
  if (allowed.empty() && !settings.region.empty()) return settings;
  if (allowed.empty() && !settings.IsAws()) {
    settings.region = "us-east-1";
    return settings;
  }
  const std::string region = RegionOf(settings, bucket, allowed);
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), region) == allowed.end()) {
    throw Failure(Exit::kRefused,
                  fmt::format("s3://{}: refused, nothing was read: it lies in {}, allowed is {}; "
                              "move the bucket, or name its region in --regions or VERGER_REGIONS",
                              bucket, region.empty() ? "a region that it does not tell" : region,
                              Joined(allowed)));
  }
  if (!region.empty()) settings.region = region;
  return settings;
}

}  // namespace verger::cli
