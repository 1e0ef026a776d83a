#include "core/runs/proxies.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "core/runs/printable.h"
#include "core/runs/regions.h"

namespace verger {
namespace {

using Variables = std::map<std::string, std::string>;

std::string InLetters(std::string_view text, char first, char into) {
  std::string letters(text);
  for (char& c : letters) {
    if (c >= first && c <= first + 25) c = static_cast<char>(c - first + into);
  }
  return letters;
}

// A variable in small letters, else in capitals; its name is left in `name`.
std::string Variable(const Variables& variables, std::string* name) {
  for (const std::string& spelling : {*name, InLetters(*name, 'a', 'A')}) {
    const auto at = variables.find(spelling);
    if (at != variables.end() && !at->second.empty()) {
      *name = spelling;
      return at->second;
    }
  }
  return "";
}

template <typename Number>
std::optional<Number> ReadNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> ReadIpv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = part == 3 ? text.size() : text.find('.');
    if (end == std::string_view::npos) return std::nullopt;
    const auto number = ReadNumber<std::uint8_t>(text.substr(0, end));
    if (!number) return std::nullopt;
    address = address << 8 | *number;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return address;
}

// Whether `range`, such as "10.0.0.0/8", holds an address.
bool InRange(std::string_view range, std::string_view host) {
  const std::size_t slash = range.find('/');
  if (slash == std::string_view::npos) return false;
  const auto base = ReadIpv4(range.substr(0, slash)), address = ReadIpv4(host);
  const auto bits = ReadNumber<int>(range.substr(slash + 1));
  if (!base || !address || !bits || *bits < 0 || *bits > 32) return false;
  return *bits == 0 || (*base ^ *address) >> (32 - *bits) == 0;
}

bool Names(std::string_view entry, const Host& host, int port) {
  if (entry == "*" || InRange(entry, host.name)) return true;
  const std::size_t colon = entry.rfind(':');
  const bool one_colon = colon != std::string_view::npos && entry.find(':') == colon;
  if (one_colon || entry.find("]:") != std::string_view::npos) {
    if (ReadNumber<int>(entry.substr(colon + 1)) != port) return false;
    entry = entry.substr(0, colon);
  }
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  if (entry.starts_with('*')) entry.remove_prefix(1);
  while (entry.starts_with('.')) entry.remove_prefix(1);
  while (entry.ends_with('.')) entry.remove_suffix(1);
  if (entry.empty()) return false;
  return host.name == entry || host.name.ends_with(fmt::format(".{}", entry));
}

bool IsExempt(std::string_view list, const Host& host, int port) {
  const std::string small = InLetters(list, 'A', 'a');
  std::string_view rest = small;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(", \t"), rest.size());
    if (Names(rest.substr(0, end), host, port)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

Result<std::string> ProxyFor(std::string_view url, const Variables& variables) {
  const bool plain = InLetters(url.substr(0, 7), 'A', 'a') == "http://";
  std::string name = plain ? "http_proxy" : "https_proxy";
  std::string proxy = Variable(variables, &name);
  if (proxy.empty()) proxy = Variable(variables, &(name = "all_proxy"));
  if (proxy.empty()) return proxy;
  VERGER_ASSIGN_OR_RETURN(const Host host, ReadHost(url));
  std::string exempt = "no_proxy";
  if (IsExempt(Variable(variables, &exempt), host, host.port != 0 ? host.port : plain ? 80 : 443)) {
    return std::string();
  }
  if (proxy.find("://") == std::string::npos) proxy.insert(0, "http://");
  const std::size_t begin = proxy.find("://") + 3;
  proxy.resize(std::min(proxy.find('/', begin), proxy.size()));  // a path says nothing
  // Without its user: the rest must be a host and a port.
  const std::size_t at = proxy.rfind('@');
  const std::string bare =
      proxy.substr(0, begin) + proxy.substr(at == std::string::npos ? begin : at + 1);
  const Result<Host> server = ReadHost(bare);
  if (!server) {
    // Not the text itself, which may hold a password.
    return Error{Code::kBadCall,
                 Printable(fmt::format("{}: not the URL of a proxy: set it to one such as "
                                       "http://proxy.farm.example:3128",
                                       name))};
  }
  if (server->port != 0) return proxy;
  return fmt::format("{}:{}", proxy, proxy.starts_with("https:") ? 443 : 80);
}

}  // namespace verger
