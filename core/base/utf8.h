// utf8.h: text that is valid, or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace verger {

// The first character of `text`: its code point, and how many bytes it takes; 0 bytes if `text` is
// empty or does not begin with valid UTF-8 (RFC 3629: no surrogates, no longer forms).
struct Utf8Character {
  std::uint32_t point = 0;
  std::size_t bytes = 0;
};
Utf8Character FirstCharacter(std::string_view text);

bool IsUtf8(std::string_view text);

}  // namespace verger
