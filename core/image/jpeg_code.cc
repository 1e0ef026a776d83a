#include "core/image/jpeg_code.h"

#include <algorithm>

namespace verger {

bool ReadCodes(Bytes segment, JpegCodes& codes) {
  constexpr std::size_t kCounts = 16;
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(segment[i]); };
  while (segment.size() > kCounts) {
    const unsigned number = at(0);
    JpegCode& code = codes[(number >> 4 & 1) * 4 + (number & 3)];
    std::size_t symbols = 0;
    for (std::size_t i = 0; i < kCounts; ++i) {
      code.counts[i] = static_cast<int>(at(1 + i));
      symbols += at(1 + i);
    }
    segment = segment.subspan(1 + kCounts);
    const std::size_t there = std::min({symbols, segment.size(), code.symbols.size()});
    for (std::size_t i = 0; i < there; ++i) code.symbols[i] = static_cast<std::uint8_t>(at(i));
    segment = segment.subspan(there);
    if (there < symbols || (number & ~0x13U) != 0) return false;
  }
  return segment.empty();
}

}  // namespace verger
