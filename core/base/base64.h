// base64.h: bytes as text that options and manifests carry, and pages.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

std::string ToBase64(Bytes bytes);

// Errors: kBadCall for text that is no base64.
Result<std::string> FromBase64(std::string_view text);

}  // namespace verger
