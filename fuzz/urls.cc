// urls.cc: hosts, endpoints, lists of regions and proxies.
#include "core/runs/proxies.h"
#include "core/runs/regions.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string text(fuzz::AsText(data, size));
  const auto host = ReadHost(text);
  if (host) {
    VERGER_FUZZ_REQUIRE(!host->name.empty() && host->port >= 0 && host->port <= 65535);
    VERGER_FUZZ_REQUIRE(host->name.find_first_of("/?#@\\ %[]") == std::string::npos);
  }
  const auto endpoint = ReadEndpoint(text);
  if (endpoint) {
    // It names the same host, and is the same when it is read again.
    const auto named = ReadHost(*endpoint);
    VERGER_FUZZ_REQUIRE(host.has_value() && named.has_value() && named->name == host->name);
    const auto again = ReadEndpoint(*endpoint);
    VERGER_FUZZ_REQUIRE(again.has_value() && *again == *endpoint);
  }
  if (const auto regions = ReadRegions(text)) {
    const auto again = ReadRegions(*regions);
    VERGER_FUZZ_REQUIRE(again.has_value() && *again == *regions);
  }
  static_cast<void>(ProxyFor("https://farm.example:8443/a", {{"https_proxy", text}}));
  static_cast<void>(
      ProxyFor("http://10.2.3.4/a", {{"http_proxy", "http://p:1"}, {"no_proxy", text}}));
  return 0;
}
