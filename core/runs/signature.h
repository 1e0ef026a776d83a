// signature.h: requests that AWS knows to be ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace verger {

struct AwsKeys {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // "" if they are not temporary
};

// A request as it is sent.
struct AwsSignable {
  std::string_view method;
  std::string_view path;                       // encoded, from the first '/'
  std::string_view query;                      // encoded, sorted by name, "name=value" each
  std::map<std::string, std::string> headers;  // lower-case names; with `host`
  std::string_view body_sha256;                // hexadecimal
};

// The headers that sign it: x-amz-date, x-amz-content-sha256, authorization and, for temporary
// credentials, x-amz-security-token.
//
// `service`: "s3", "sts". Units: `now` seconds since 1970.
// Source: AWS Signature Version 4; libcurl 7.88's own orders headers by whole lines and so signs
// one name that begins like another wrongly.
std::map<std::string, std::string> SignAwsRequest(AwsSignable request, const AwsKeys& keys,
                                                  std::string_view region, std::string_view service,
                                                  std::int64_t now);

// SHA-256 of text, as hexadecimal digits.
std::string TextSha256(std::string_view text);

}  // namespace verger
