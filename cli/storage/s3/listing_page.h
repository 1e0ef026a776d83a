// listing_page.h: a page of the listing of a bucket, as a server sends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// Reads an answer. Errors: Failure kStorage, without the place.
ObjectPage ParseObjectPage(std::string_view xml);

// "2026-11-28T22:18:46.5Z", with any number of digits behind the point, as microseconds since 1970;
// nothing for other text. Cut to milliseconds: Python has no more from Arrow, and both must see the
// same time of a photo.
std::optional<std::int64_t> ParseS3Time(std::string_view text);

}  // namespace verger::cli
