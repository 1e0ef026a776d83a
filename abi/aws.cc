// AWS's settings, credentials, signatures and proxies, through the door.
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "abi/bytes.h"
#include "abi/guard.h"
#include "core/base/json.h"
#include "core/runs/aws_profiles.h"
#include "core/runs/aws_steps.h"
#include "core/runs/credentials.h"
#include "core/runs/proxies.h"
#include "core/runs/signature.h"

namespace verger::abi {
namespace {

using Json = nlohmann::json;
using Variables = std::map<std::string, std::string>;

AwsEnvironment ReadEnvironment(std::string_view text) {
  const Json json = ParseJson(text);
  return {json.at("variables").get<Variables>(), json.at("home"), json.at("region"),
          json.at("now")};
}

Variables ReadLines(std::string_view lines) {
  Variables headers;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers[std::string(line.substr(0, colon))] = line.substr(std::min(colon + 1, line.size()));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return headers;
}

}  // namespace
}  // namespace verger::abi

using namespace verger;

extern "C" {

verger_status verger_aws_next(verger_aws_search search, verger_text environment,
                              verger_text answers, verger_bytes* step, verger_error* error) {
  return abi::Guard(error, [&]() -> Status {
    // As bytes: to read another value as the enum is undefined in C++, and C may well pass one.
    int kind = 0;
    static_assert(sizeof(kind) == sizeof(search));
    std::memcpy(&kind, &search, sizeof(kind));
    VERGER_RETURN_IF_ERROR(abi::Require(
        step != nullptr && (kind == VERGER_AWS_SETTINGS || kind == VERGER_AWS_CREDENTIALS),
        "verger_aws_next: step must not be NULL, search must be one of verger_aws_search"));
    const AwsEnvironment where = abi::ReadEnvironment(abi::AsText(environment));
    AwsSteps steps(ParseJson(abi::AsText(answers)));
    const auto done = kind == VERGER_AWS_SETTINGS ? FindAwsSettings(where, &steps)
                                                  : FindAwsCredentials(where, &steps);
    if (!done && steps.stop().is_null()) return done.error();
    const nlohmann::json next = done ? nlohmann::json{{"done", *done}} : steps.stop();
    *step = abi::HandOut(FormatJson(next));
    return Ok();
  });
}

verger_status verger_s3_sign(const verger_s3_request* request, verger_text credentials,
                             verger_text region, int64_t now, verger_bytes* headers,
                             verger_error* error) {
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(request != nullptr && headers != nullptr,
                                        "verger_s3_sign: request and headers must not be NULL"));
    const auto json = ParseJson(abi::AsText(credentials));
    const AwsKeys keys{json.at("access_key"), json.at("secret_key"), json.at("session_token")};
    std::string lines;
    for (const auto& [name, value] : SignAwsRequest(
             {abi::AsText(request->method), abi::AsText(request->path), abi::AsText(request->query),
              abi::ReadLines(abi::AsText(request->headers)), abi::AsText(request->body_sha256)},
             keys, abi::AsText(region), "s3", now)) {
      lines += name + ": " + value + "\n";
    }
    *headers = abi::HandOut(lines);
    return Ok();
  });
}

verger_status verger_proxy_for(verger_text url, verger_text variables, verger_bytes* proxy,
                               verger_error* error) {
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(proxy != nullptr, "verger_proxy_for: proxy must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(
        const std::string proxy_url,
        ProxyFor(abi::AsText(url), ParseJson(abi::AsText(variables)).get<abi::Variables>()));
    *proxy = abi::HandOut(proxy_url);
    return Ok();
  });
}

}  // extern "C"
