// request_head.h: the head of a request, out of Beast's parser.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>

#include "cli/serve/message.h"

namespace verger::cli {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

inline constexpr std::uint32_t kMostHeadBytes = 8 << 10;

// Lets the head have kMostHeadBytes. The body has no limit here: Api::Check() looks at
// Content-Length, and names the limit.
void SetLimits(RequestParser* parser);

// Requires: parser.is_header_done().
RequestHead HeadOf(const RequestParser& parser);

}  // namespace verger::cli
