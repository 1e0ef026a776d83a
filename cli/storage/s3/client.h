// client.h: requests to one bucket.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/base/error.h"
#include "cli/storage/s3/settings.h"

namespace verger::cli {

using S3Header = std::pair<std::string, std::string>;  // the name in lower case
using S3Headers = std::vector<S3Header>;

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
  std::string code;     // S3's, of an error; "": it said none
  std::string message;  // for people
  std::string etag;
  std::string bucket_region;
  std::string encryption;  // x-amz-server-side-encryption, of what is stored
  std::int64_t content_length = -1;
  std::int64_t range_total = -1;  // size of the object that a range is of
  std::int64_t date = 0;          // seconds since 1970, by the server's clock
  std::int64_t modified = 0;      // the same, of the object

  bool ok() const { return status >= 200 && status < 300; }
};

// One bucket. Safe from many threads.
class S3Client {
 public:
  S3Client(S3Settings settings, std::string bucket);
  S3Client(const S3Client&) = delete;
  S3Client& operator=(const S3Client&) = delete;
  ~S3Client();

  const S3Settings& settings() const { return settings_; }
  const std::string& bucket() const { return bucket_; }

  // Sends a signed request, again where the network or the server fails for the moment. The last
  // answer is the caller's to judge.
  // Errors: Failure kStorage, naming the object, if none came in kS3Tries, or without credentials;
  //         Interrupted, between two tries.
  S3Answer Send(const S3Request& request);

  // "s3://bucket/key", printable.
  std::string PathOf(std::string_view key) const;

 private:
  struct Connection;
  class Lease;

  S3Answer SendOnce(Connection& connection, const S3Request& request, std::string* failure);
  struct Address {
    std::string host;
    std::string path;  // encoded
    std::string url;
  };
  Address AddressOf(const S3Request& request) const;
  std::string Credentials() const;
  std::vector<std::string> HeadersOf(const S3Request& request, const Address& address);

  const S3Settings settings_;
  const std::string host_;  // without the bucket
  const std::string bucket_;
  std::string proxy_;  // "": none
  std::mutex mutex_;   // guards what follows
  std::vector<std::unique_ptr<Connection>> idle_;
};

// `text` as S3 signs paths: all but unreserved characters encoded, '/' stays.
std::string S3Encoded(std::string_view text);

}  // namespace verger::cli
