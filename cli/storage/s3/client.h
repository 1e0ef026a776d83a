// client.h: requests to one bucket.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cli/base/error.h"
#include "cli/net/http.h"
#include "cli/storage/s3/settings.h"

namespace verger::cli {

using S3Header = HttpHeader;
using S3Headers = HttpHeaders;

struct S3Request {
  std::string method;
  std::string key;    // "" for the bucket itself
  std::string query;  // encoded, sorted by name
  S3Headers headers;
  std::string_view body;
};

struct S3Answer {
  long status = 0;
  std::string body;
  std::string code;     // S3's, of an error; "" if the server sends none
  std::string message;  // for people
  std::string etag;
  std::string bucket_region;
  std::string encryption;  // x-amz-server-side-encryption, of what is stored
  std::int64_t content_length = -1;
  std::int64_t range_total = -1;  // size of the object that a range is of
  std::int64_t date = 0;          // seconds since 1970, by the server's clock; 0 if unknown
  std::int64_t modified = 0;      // the same, of the object

  bool ok() const { return status >= 200 && status < 300; }
};

// One bucket. Safe from many threads.
class S3Client {
 public:
  // `retries`: what retries() counts from.
  S3Client(S3Settings settings, std::string bucket, std::uint64_t retries = 0);
  S3Client(const S3Client&) = delete;
  S3Client& operator=(const S3Client&) = delete;

  const S3Settings& settings() const { return settings_; }
  const std::string& bucket() const { return bucket_; }

  // Sends a signed request, again where the network or the server fails for the moment, at most 8
  // times. The caller judges the last answer.
  // Errors: Failure kStorage, naming the object, if none came, or without credentials;
  //         Interrupted, between two tries.
  S3Answer Send(const S3Request& request);

  // Requests that were sent again so far.
  std::uint64_t retries() const { return retries_; }

  // "s3://bucket/key", printable.
  std::string PathOf(std::string_view key) const;

 private:
  struct Address {
    std::string host;
    std::string path;  // encoded
    std::string url;
  };
  Address AddressOf(const S3Request& request) const;
  std::string Credentials() const;
  HttpRequest Sign(const S3Request& request) const;

  const S3Settings settings_;
  const std::string host_;  // without the bucket
  const std::string bucket_;
  const std::string proxy_;  // "": none
  HttpClient http_;
  std::atomic<std::uint64_t> retries_;
};

}  // namespace verger::cli
