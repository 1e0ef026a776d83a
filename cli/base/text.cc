#include "cli/base/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "cli/base/library.h"

namespace verger::cli {
namespace {

bool IsPrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::string WithCommas(std::uint64_t number) { return TextOf(verger_with_commas, number); }

std::string Pluralize(std::int64_t count, const char* one, const char* many) {
  return TextOf(verger_pluralize, count, Borrowed(one), Borrowed(many));
}

std::string HumanBytes(double bytes) { return TextOf(verger_human_bytes, bytes); }

std::string HumanDuration(double seconds) {
  const auto whole =
      static_cast<std::uint64_t>(std::llround(std::fmin(std::fmax(seconds, 0), 1e9)));
  const std::uint64_t hours = whole / 3600;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string Printable(std::string_view text) {
  // Most names are, and a listing has millions: those cost no call.
  if (IsPrintableAscii(text)) return std::string(text);
  return TextOf(verger_printable, Borrowed(text));
}

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string PathAndLabel(std::string_view path, std::string_view label) {
  const bool in_path =
      fmt::format("/{}", path).find(fmt::format("/{}/", label)) != std::string::npos;
  return Printable(path) + (in_path ? "" : fmt::format("  ({})", Printable(label)));
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

int Columns(std::string_view text) {
  if (IsPrintableAscii(text)) return static_cast<int>(text.size());
  std::int32_t columns = 0;
  Call(verger_display_width, Borrowed(text), &columns);
  return columns;
}

}  // namespace verger::cli
