// url.h: parts of URLs.
#pragma once

#include <string>
#include <string_view>

namespace verger::cli {

// `text` with all but unreserved characters and '/' as %XX: a path as S3 signs it.
// Source: RFC 3986, 2.3.
std::string EncodePath(std::string_view text);

// The same with '/' as %2F: a value in a query.
std::string EncodeQuery(std::string_view text);

// Reverses the encoding of forms: %XX, and '+' for a space. What is no such code stays as it is.
std::string DecodeQuery(std::string_view text);

// `url` without user, password, query and fragment: fit to be shown and stored.
std::string PublicUrl(const std::string& url);

}  // namespace verger::cli
