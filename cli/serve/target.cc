#include "cli/serve/target.h"

#include <charconv>
#include <utility>

namespace verger::cli {
namespace {

std::optional<std::string> Decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += plus_is_space && text[at] == '+' ? ' ' : text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    unsigned value = 0;
    const char* const digits = text.data() + at + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    decoded += static_cast<char>(value);
    at += 2;
  }
  return decoded;
}

// Splits at the first `separator`; what is behind it is "" if there is none.
std::pair<std::string_view, std::string_view> Split(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

bool AddParameter(std::string_view text, Target& target) {
  if (text.empty()) return true;
  const auto [name, value] = Split(text, '=');
  auto decoded_name = Decode(name, true);
  auto decoded_value = Decode(value, true);
  return decoded_name && decoded_value &&
         target.parameters.emplace(*std::move(decoded_name), *std::move(decoded_value)).second;
}

}  // namespace

std::optional<Target> ParseTarget(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    const std::size_t path = text.find_first_of("/?");
    text = path == std::string_view::npos ? "/" : text.substr(path);
  }
  if (!text.starts_with('/')) return std::nullopt;
  auto [path, query] = Split(text, '?');
  Target target;
  auto decoded = Decode(path, false);
  if (!decoded || decoded->find('\0') != std::string::npos) return std::nullopt;
  target.path = *std::move(decoded);
  while (!query.empty()) {
    const auto [parameter, rest] = Split(query, '&');
    if (!AddParameter(parameter, target)) return std::nullopt;
    query = rest;
  }
  return target;
}

std::optional<int> ParseNumber(std::string_view text, int lowest, int highest) {
  int number = 0;
  if (text.empty() || text.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool complete = error == std::errc() && end == text.data() + text.size();
  if (!complete || number < lowest || number > highest) return std::nullopt;
  return number;
}

}  // namespace verger::cli
