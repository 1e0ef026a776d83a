#include "core/runs/printable.h"

#include <fmt/core.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstddef>

#include "core/base/utf8.h"

namespace verger {
namespace {

// Length of the character that `text` starts with; 0 if it is none that may reach a terminal.
std::size_t SequenceLength(std::string_view text) {
  const auto [point, length] = FirstCharacter(text);
  if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return 0;  // control characters
  // Marks that turn the direction of writing can make one name look like another.
  const bool turns = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return turns || point == 0x2028 || point == 0x2029 ? 0 : length;
}

}  // namespace

std::string Printable(std::string_view raw) {
  std::string printable;
  while (!raw.empty()) {
    const std::size_t length = SequenceLength(raw);
    if (length == 0) {
      printable += fmt::format("\\x{:02x}", static_cast<unsigned char>(raw[0]));
      raw.remove_prefix(1);
    } else {
      printable += raw.substr(0, length);
      raw.remove_prefix(length);
    }
  }
  return printable;
}

int DisplayWidth(std::string_view text) {
  constexpr utf8proc_int32_t kEmojiSelector = 0xFE0F;  // the character before it is shown as emoji
  constexpr int kWidestCluster = 2;
  int width = 0;
  int cluster = 0;
  utf8proc_int32_t last = 0;
  utf8proc_int32_t state = 0;
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &point);
    const bool valid = length > 0;
    if (!valid || utf8proc_grapheme_break_stateful(last, point, &state)) {
      width += cluster;
      cluster = 0;
    }
    const int columns = valid ? utf8proc_charwidth(point) : 1;
    cluster =
        std::min(kWidestCluster, point == kEmojiSelector ? kWidestCluster : cluster + columns);
    last = valid ? point : 0;
    if (!valid) state = 0;
    text.remove_prefix(valid ? static_cast<std::size_t>(length) : 1);
  }
  return width + cluster;
}

}  // namespace verger
