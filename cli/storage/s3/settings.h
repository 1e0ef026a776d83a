// settings.h: how to reach a bucket.
#pragma once

#include <string>
#include <string_view>

namespace verger::cli {

// The command line's options for buckets.
struct S3Options {
  bool no_sign_request = false;
  std::string addressing;      // "path", "virtual"; "": path where there is an endpoint
  std::string encryption;      // "AES256", "aws:kms"; "": the bucket's own default
  std::string encryption_key;  // of aws:kms; "": the account's default
  bool request_payer = false;  // the requester pays, for buckets that demand it
  std::string regions;         // that buckets may be in; "": see VERGER_REGIONS
};

struct S3Settings {
  bool sign = true;
  bool path_style = false;
  std::string scheme = "https";
  std::string endpoint;  // host, with its port; "": AWS's own
  std::string region;    // "": not known yet
  std::string encryption;
  std::string encryption_key;
  bool request_payer = false;
  std::string allowed_regions;  // S3Options::regions, or VERGER_REGIONS, by verger_regions_read
  std::string ca_file;          // certificates to trust; "": where the libraries look
};

// Returns settings from the options, else the environment, else the profile, by verger_aws_next.
// Credentials are not among them: see AwsCredentials.
// Errors: Failure kUsage for an endpoint that is no URL, what is no list of regions, a key without
// its encryption, or a profile that is in neither of AWS's files.
S3Settings FindS3Settings(const S3Options& options);

// Whether requests go to AWS, also by an explicit endpoint.
bool IsAws(const S3Settings& settings);

// Sets scheme and endpoint from a URL. Errors: Failure kUsage for what is no URL of an endpoint.
void SetEndpoint(std::string_view url, S3Settings* settings);

}  // namespace verger::cli
