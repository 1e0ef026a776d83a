// proxy.h: which proxy a request goes through.
#pragma once

#include <string>
#include <string_view>

namespace verger::cli {

// The variables that AWS's tools and proxies go by, as JSON.
std::string NetworkVariables();

// The proxy of a URL as "http://user:password@host:port"; "" for none.
// Errors: Failure kUsage for a variable that holds no proxy's URL.
std::string ProxyOf(std::string_view url);

}  // namespace verger::cli
