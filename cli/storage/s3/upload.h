// upload.h: whole objects into a bucket.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/storage/s3/client.h"

namespace verger::cli {

struct S3Upload {
  std::string key;
  std::string display_name;  // for messages
  std::string_view bytes;
  S3Headers headers;
  std::optional<S3Header> condition;  // such as {"if-none-match", "*"}
};

// Puts an object: in one request, or one beyond 64 MiB by a multipart upload; it appears complete
// or not at all, and the server checks every byte against its SHA-256.
// Returns an answer that is ok, or has status 412 if the condition does not hold.
// Errors: Failure kStorage, also if the server does not report the encryption that the headers
//         request; an upload that was begun is then aborted.
S3Answer Put(S3Client& client, const S3Upload& upload);

// Copies an object of the bucket, on the server. Returns an answer that is ok or 404.
// Errors: as Put.
S3Answer Copy(S3Client& client, const std::string& from, const std::string& to, S3Headers headers);

}  // namespace verger::cli
