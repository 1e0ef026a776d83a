#include "cli/base/text.h"

#include <fmt/format.h>

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

std::string Counted(std::int64_t count, const char* one, const char* many) {
  return TextOf(verger_counted, count, Borrowed(one), Borrowed(many));
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

int Columns(std::string_view text) {
  int columns = 0;
  for (char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return columns;
}

}  // namespace verger::cli
