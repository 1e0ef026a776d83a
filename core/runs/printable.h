// printable.h: names as rows and messages show them.
#pragma once

#include <string>
#include <string_view>

namespace verger {

// `raw` with control characters, invalid UTF-8, and marks that turn the direction of writing or
// break a line shown byte by byte as \xNN. So a file's name can neither move the cursor nor look
// like another, and is UTF-8.
std::string Printable(std::string_view raw);

}  // namespace verger
