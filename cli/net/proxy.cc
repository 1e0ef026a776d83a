#include "cli/net/proxy.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/base/json.h"
#include "cli/base/library.h"

namespace verger::cli {

std::string NetworkVariables() {
  using Json = nlohmann::json;
  Json variables = Json::object();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    if (name.starts_with("AWS_") || name.ends_with("_proxy") || name.ends_with("_PROXY")) {
      variables[std::string(name)] = text.substr(equals + 1);
    }
  }
  return FormatJson(variables);
}

std::string ProxyOf(std::string_view url) {
  return TextOf(verger_proxy_for, Borrowed(url), Borrowed(NetworkVariables()));
}

}  // namespace verger::cli
