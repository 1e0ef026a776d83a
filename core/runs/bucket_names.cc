#include "core/runs/bucket_names.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/runs/printable.h"

namespace verger {
namespace {

Error NoBucket(std::string_view place, const std::string& why) {
  return {Code::kBadCall, Printable(fmt::format("{}: {}", place, why))};
}

// Of "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE".
Error OfArn(std::string_view arn) {
  std::vector<std::string_view> fields;
  std::string_view rest = arn;
  while (fields.size() < 5 && rest.find(':') != std::string_view::npos) {
    fields.push_back(rest.substr(0, rest.find(':')));
    rest.remove_prefix(fields.back().size() + 1);
  }
  if (fields.size() < 5 || fields[2] != "s3") {
    return NoBucket(arn, "is not the ARN of a bucket: write s3://bucket/prefix");
  }
  const std::string_view region = fields[3], account = fields[4];
  constexpr std::string_view kAccessPoint = "accesspoint";
  if (!rest.starts_with(kAccessPoint) || account.empty()) {
    return NoBucket(arn, fmt::format("is an ARN: write s3://{}", rest));
  }
  rest.remove_prefix(std::min(kAccessPoint.size() + 1, rest.size()));  // '/' or ':'
  if (region.empty()) {
    return NoBucket(arn,
                    "is a multi-region access point, whose signatures (SigV4A) Verger does not "
                    "make: give a bucket, or an access point of one region");
  }
  return NoBucket(arn,
                  fmt::format("is an access point's ARN: give its alias in the place of a bucket, "
                              "s3://ALIAS/prefix; 'aws s3control get-access-point --region {} "
                              "--account-id {} --name {} --query Alias' prints it",
                              region, account, rest.substr(0, rest.find('/'))));
}

}  // namespace

Status CheckBucketName(std::string_view place) {
  if (place.starts_with("arn:")) return OfArn(place);
  const std::string_view bucket = place.substr(0, place.find('/'));
  // The bucket becomes part of a host's name: '#' or '?' in it would choose another host.
  constexpr std::string_view kCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  if (bucket.size() < 3 || bucket.size() > 63 || bucket.starts_with('.') ||
      bucket.find("..") != std::string_view::npos ||
      bucket.find_first_not_of(kCharacters) != std::string_view::npos) {
    return NoBucket(fmt::format("s3://{}", place),
                    "no bucket has such a name: write s3://bucket/prefix");
  }
  if (bucket.ends_with("--x-s3")) {
    return NoBucket(
        fmt::format("s3://{}", place),
        "a directory bucket (S3 Express One Zone), whose sessions Verger does not know: "
        "use a general purpose bucket");
  }
  return Ok();
}

}  // namespace verger
