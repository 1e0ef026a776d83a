// regions.h: where buckets may lie. No byte is read from a bucket that lies elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace verger {

// What a URL says of its host.
struct Host {
  std::string name;    // in small letters, without brackets, port and the dots at its end
  bool is_aws;         // one of AWS's own domains
  std::string region;  // what AWS's host names in the place of the region: "eu-west-3", or "iam"
  int port = 0;        // 0: its scheme's
};

// The host of a URL, "https://" being added to one without a scheme.
//
// Errors: kBadCall where two parsers could read two hosts: what a guard takes for the host must be
//         the one that is called. So no user, no '\', no "%2e", no other script.
Result<Host> ReadHost(std::string_view url);

// An endpoint such as "https://host:port" as requests name it: small letters, no '/' at its end, no
// port that its scheme implies.
// Errors: kBadCall, as ReadHost, and for a scheme or a path that no endpoint has.
Result<std::string> ReadEndpoint(std::string_view url);

// Whether this may be the name of a region: letters, digits and hyphens.
bool IsRegion(std::string_view name);

// The domain of AWS's servers in a region: "amazonaws.com", but in China and Europe's own.
std::string_view AwsDomain(std::string_view region);

// The endpoint of S3 in a region of AWS.
std::string S3Endpoint(std::string_view region);

// A list of allowed regions, as "eu-west-3,eu-west-1", without spaces and empty names; "any" if
// that is among them; "" if the list names none, which opens nothing.
// Errors: kBadCall for what is no name of a region.
Result<std::string> ReadRegions(std::string_view list);

// A bucket that is about to be opened.
struct BucketAddress {
  std::string_view name;
  std::string_view endpoint;  // by ReadEndpoint; "": AWS's own
  std::string_view region;    // that was set; "": none was
};

// What to find out before anything else is sent: HEAD of the bucket, whose answer has a header
// x-amz-bucket-region.
struct RegionQuestion {
  std::string endpoint;  // where to ask; "": nothing is to be asked
  std::string region;    // to sign for; where nothing is asked, the one to use
};

// Asks where an allowed bucket would be: no other region hears of it. Lists bind every endpoint,
// "any" none, and "" AWS's own alone: their buckets must lie in Paris.
//
// `allowed`: by ReadRegions.
// Errors: kBadCall, as ReadHost, and for what is no name of a region; kRefused for an endpoint of
// AWS that is of no allowed region.
Result<RegionQuestion> AskForRegion(const BucketAddress& bucket, std::string_view allowed);

// The region to use, `answer` being what the answer's header says, "" if it has none.
// Errors: kRefused, naming bucket, region and remedy; those of AskForRegion.
Result<std::string> CheckRegion(const BucketAddress& bucket, std::string_view allowed,
                                std::string_view answer);

}  // namespace verger
