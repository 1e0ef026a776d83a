#include "core/runs/numbers.h"

#include <fmt/core.h>

#include <array>
#include <cstddef>

namespace verger {

std::string WithCommas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (int i = static_cast<int>(text.size()) - 3; i > 0; i -= 3) text.insert(i, 1, ',');
  return text;
}

std::string Pluralize(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", WithCommas(static_cast<std::uint64_t>(count)),
                     count == 1 ? one : many);
}

std::string HumanBytes(double bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  // 999.95 would print as "1000.0": the next unit takes over just below.
  while (bytes >= (unit == 0 ? 1000 : 999.95) && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

}  // namespace verger
