// settings.h: how to reach a bucket.
#pragma once

#include <string>
#include <string_view>

namespace verger::cli {

// What the command line says of buckets.
struct S3Options {
  bool no_sign_request = false;
  std::string addressing;      // "path", "virtual"; "": path where there is an endpoint
  std::string encryption;      // "AES256", "aws:kms"; "": the bucket's own default
  std::string encryption_key;  // of aws:kms; "": the account's default
  bool request_payer = false;  // whoever asks pays, of buckets that want it so
  std::string regions;         // that buckets may lie in; "": as VERGER_REGIONS says
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

// The options, then the environment, then the profile, by verger_aws_next; AWS_CA_BUNDLE.
// Credentials are not among them: AwsCredentials finds those.
// Errors: Failure kUsage for an endpoint that is no URL, what is no list of regions, a key without
// its encryption, or a profile that is in neither of AWS's files.
S3Settings FindS3Settings(const S3Options& options);

// Whether requests go to AWS, also by an endpoint that someone wrote out.
bool IsAws(const S3Settings& settings);

// Scheme and endpoint by a URL. Errors: Failure kUsage for what is no URL of an endpoint.
void SetEndpoint(std::string_view url, S3Settings* settings);

}  // namespace verger::cli
