#include "core/runs/printable.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace verger {
namespace {

// Length of the valid UTF-8 sequence that `text` starts with; 0 if it is none.
std::size_t SequenceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
  if ((lead & 0xF0) == 0xE0) length = 3;
  if (lead >= 0xF0 && lead < 0xF5) length = 4;
  if (length == 0 || length > text.size()) return 0;
  std::uint32_t point = length == 1 ? lead : lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[length] || point > 0x10FFFF) return 0;
  if (point >= 0xD800 && point < 0xE000) return 0;                // surrogates
  if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return 0;  // control characters
  // Marks that turn the direction of writing can make one name look like another.
  const bool turns = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return turns || point == 0x2028 || point == 0x2029 ? 0 : length;
}

}  // namespace

std::string Printable(std::string_view raw) {
  std::string shown;
  while (!raw.empty()) {
    const std::size_t length = SequenceLength(raw);
    if (length == 0) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(raw[0]));
      raw.remove_prefix(1);
    } else {
      shown += raw.substr(0, length);
      raw.remove_prefix(length);
    }
  }
  return shown;
}

}  // namespace verger
