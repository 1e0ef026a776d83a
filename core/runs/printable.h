// printable.h: names as people and rows may see them.
#pragma once

#include <string>
#include <string_view>

namespace verger {

// `text` with control characters and invalid UTF-8 shown as \xNN, so that a file's
// name can neither move the cursor nor break a line.
std::string Printable(std::string_view text);

}  // namespace verger
