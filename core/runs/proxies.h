// proxies.h: which proxy a request goes through.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace verger {

// The proxy that the environment names for a URL, as "http://user:password@host:port"; "" for none.
//
// By the scheme of the URL http_proxy or https_proxy, else all_proxy, unless no_proxy names the
// host: "*", a name, which stands for those below it too, "host:port", an address or a range of
// IPv4 ("10.0.0.0/8"). Each in small letters first, then in capitals.
// Source: what curl, and boto3 beneath the AWS tools, take in common; each knows more.
// Errors: kBadCall for what is no URL of a proxy, or as ReadHost.
Result<std::string> ProxyFor(std::string_view url,
                             const std::map<std::string, std::string>& variables);

}  // namespace verger
