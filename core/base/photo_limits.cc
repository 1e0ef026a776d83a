#include "core/base/photo_limits.h"

#include <fmt/core.h>

#include <charconv>

namespace verger {
namespace {

constexpr std::string_view kPixels = ", more than --max-pixels ";
constexpr std::string_view kBytes = ", more than --max-bytes ";

// The number behind the last `words` of `error`; as large as can be if there is none.
std::int64_t NumberBehind(std::string_view error, std::string_view words) {
  std::int64_t number = 0;
  const std::size_t at = error.rfind(words);
  if (at != std::string_view::npos) {
    const char* end = error.data() + error.size();
    const auto read = std::from_chars(error.data() + at + words.size(), end, number);
    if (read.ec == std::errc() && read.ptr == end) return number;
  }
  return INT64_MAX;
}

}  // namespace

std::string MoreThanMaxPixels(std::string_view what, std::int64_t max_pixels) {
  return fmt::format("{}{}{}", what, kPixels, max_pixels);
}

std::string MoreThanMaxBytes(std::int64_t bytes, std::int64_t max_bytes) {
  return fmt::format("too large: {} bytes{}{}", bytes, kBytes, max_bytes);
}

bool MayPassWith(std::string_view error, const PhotoLimits& limits) {
  return NumberBehind(error, kPixels) < limits.max_pixels ||
         NumberBehind(error, kBytes) < limits.max_bytes;
}

}  // namespace verger
