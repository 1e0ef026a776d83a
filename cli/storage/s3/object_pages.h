// object_pages.h: the listing of a bucket, page by page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/storage/s3/client.h"

namespace verger::cli {

struct S3Object {
  std::string key;
  std::int64_t size = 0;                 // bytes
  std::optional<std::int64_t> modified;  // microseconds since 1970, UTC; nothing if unknown
  std::string etag;                      // "" if unknown
};

// Objects and prefixes each in the server's order, which AWS says is that of the keys' bytes.
struct ObjectPage {
  std::vector<S3Object> objects;
  std::vector<std::string> prefixes;  // where the delimiter cuts keys off; they end in it
  std::string next;                   // the token of the next page; "" after the last
};

// Returns the page of the keys below `prefix` that `token` names; "" for the first. With a
// `delimiter`, only the keys without one behind `prefix`, and the prefixes of the others.
//
// Errors: Failure kStorage, naming the prefix; Interrupted.
// Source: ListObjectsV2 of S3's REST API.
ObjectPage ListObjects(S3Client& client, std::string_view prefix, std::string_view delimiter,
                       const std::string& token);

// Reads an answer. Errors: Failure kStorage, without the place.
ObjectPage ParseObjectPage(std::string_view xml);

// "2026-11-28T22:18:46.5Z", with any number of digits behind the point, as microseconds since 1970;
// nothing for other text. Cut to milliseconds: Python has no more from Arrow, and both must see the
// same time of a photo.
std::optional<std::int64_t> ParseS3Time(std::string_view text);

}  // namespace verger::cli
