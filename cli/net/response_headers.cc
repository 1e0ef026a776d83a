#include "cli/net/response_headers.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "cli/base/text.h"

namespace verger::cli {
namespace {

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// The number that `text` begins with.
std::optional<std::uint64_t> NumberAt(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

void ResponseHeaders::Read(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    const std::size_t space = std::min(line.find(' '), line.size() - 1);
    status_ = static_cast<long>(NumberAt(line.substr(space + 1)).value_or(0));
    values_.clear();
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  // More names than any server has reason to send would only take memory.
  constexpr std::size_t kMostNames = 256;
  if (values_.size() == kMostNames) return;
  values_[ToLower(line.substr(0, colon))] = Trimmed(line.substr(colon + 1));
}

std::string ResponseHeaders::Value(const std::string& name) const {
  const auto at = values_.find(name);
  return at == values_.end() ? "" : at->second;
}

std::optional<std::uint64_t> ResponseHeaders::ContentLength() const {
  return NumberAt(Value("content-length"));
}

std::optional<std::uint64_t> ResponseHeaders::RangeStart() const {
  constexpr std::string_view kUnit = "bytes ";
  const std::string range = Value("content-range");
  if (!range.starts_with(kUnit)) return std::nullopt;
  return NumberAt(std::string_view(range).substr(kUnit.size()));
}

std::optional<std::uint64_t> ResponseHeaders::RangeTotal() const {
  const std::string range = Value("content-range");
  const std::size_t slash = range.find('/');
  if (slash == std::string::npos) return std::nullopt;
  return NumberAt(std::string_view(range).substr(slash + 1));
}

std::int64_t ResponseHeaders::Time(const std::string& name) const {
  return std::max<std::int64_t>(0, curl_getdate(Value(name).c_str(), nullptr));
}

}  // namespace verger::cli
