// problem.h: errors as application/problem+json (RFC 9457).
#pragma once

#include <string>
#include <string_view>

#include "cli/serve/message.h"

namespace verger::cli {

// `detail` names the cause and the remedy.
Response Problem(int status, std::string_view detail);

// The same with Retry-After.
Response Problem(int status, std::string_view detail, int retry_after_seconds);

// The reason phrase of a status that this server sends.
const char* ReasonOf(int status);

}  // namespace verger::cli
