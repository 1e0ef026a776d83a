#include "core/model/engine_error.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace verger {
namespace {

constexpr std::size_t kLongest = 400;
constexpr std::array<std::string_view, 8> kNoise = {"Exception from",
                                                    "Check '",
                                                    "FrontEnd API failed",
                                                    "While validating ONNX node",
                                                    "Model wasn't fully converted",
                                                    "Summary:",
                                                    "-- Conversion is failed for",
                                                    "To facilitate"};

std::string_view Trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r-");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
}

}  // namespace

std::string CauseOf(std::string_view what) {
  constexpr std::string_view kNode = "with friendly_name '";
  std::string cause;
  std::string node;
  while (!what.empty()) {
    const std::string_view whole = what.substr(0, what.find('\n'));
    what.remove_prefix(std::min(what.size(), whole.size() + 1));
    if (std::ranges::any_of(kNoise, [&](auto noise) { return whole.starts_with(noise); })) continue;
    std::string_view line = Trimmed(whole);
    if (const std::size_t at = line.find(kNode); at != std::string_view::npos) {
      line.remove_prefix(at + kNode.size());
      node = line.substr(0, line.find('\''));
      continue;
    }
    if (line.empty() || cause.find(line) != std::string::npos) continue;
    cause += fmt::format("{}{}", cause.empty() ? "" : "; ", line);
  }
  while (cause.ends_with('.') || cause.ends_with(':')) cause.pop_back();
  if (!node.empty()) cause += fmt::format("{}at node '{}'", cause.empty() ? "" : ", ", node);
  if (cause.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(cause[end]) & 0xC0) == 0x80) --end;
    cause = cause.substr(0, end) + "...";
  }
  return cause.empty() ? "no reason given" : cause;
}

}  // namespace verger
