// printable.h: names as rows and messages show them, and how wide they are.
#pragma once

#include <string>
#include <string_view>

namespace verger {

// `raw` with control characters, invalid UTF-8, and marks that turn the direction of writing or
// break a line shown byte by byte as \xNN. So a file's name can neither move the cursor nor look
// like another, and is UTF-8.
std::string Printable(std::string_view raw);

// The columns that `text` takes on a terminal: 2 for a wide character (CJK, emoji), 0 for a
// combining one, and at most 2 for a grapheme cluster, such as a flag or a family. Bytes that are
// no UTF-8 count 1 each. Requires: no control characters, which Printable() replaces.
// Source: UAX #11 and #29, by utf8proc.
int DisplayWidth(std::string_view text);

}  // namespace verger
