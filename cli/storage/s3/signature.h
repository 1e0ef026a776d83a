// signature.h: requests that AWS knows to be ours.
#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verger::cli {

struct S3Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // "" if they are not temporary
};

// A request as it is sent.
struct S3Signable {
  std::string_view method;
  std::string_view path;   // encoded, from the first '/'
  std::string_view query;  // encoded, sorted by name, "name=value" each
  std::vector<std::pair<std::string, std::string>> headers;  // lower-case names; with `host`
  std::string_view body_sha256;                              // hexadecimal
};

// The headers that sign it: x-amz-date, x-amz-content-sha256, authorization and, for temporary
// credentials, x-amz-security-token.
// Source: AWS Signature Version 4; libcurl 7.88's own orders headers by whole lines and so signs
// one name that begins like another wrongly.
std::vector<std::pair<std::string, std::string>> Sign(S3Signable request,
                                                      const S3Credentials& credentials,
                                                      std::string_view region, std::time_t now);

}  // namespace verger::cli
