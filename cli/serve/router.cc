#include "cli/serve/router.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "cli/base/text.h"
#include "cli/serve/problem.h"
#include "cli/serve/target.h"

namespace verger::cli {
namespace {

// A parameter with a number for its value.
struct CountParameter {
  const char* name;
  int otherwise;
  const char* of;
};

struct RouteEntry {
  std::string_view path;
  Route route;
  std::optional<CountParameter> count;
};

constexpr int kMostCount = 1000;
constexpr std::array<RouteEntry, 7> kRoutes = {{
    {"/v1/classify", Route::kClassify, CountParameter{"top", 3, "labels"}},
    {"/v1/similar", Route::kSimilar, CountParameter{"count", 10, "photos"}},
    {"/v1/features", Route::kFeatures, std::nullopt},
    {"/healthz", Route::kHealth, std::nullopt},
    {"/readyz", Route::kReady, std::nullopt},
    {"/metrics", Route::kMetrics, std::nullopt},
    {"/openapi.json", Route::kOpenApi, std::nullopt},
}};

const RouteEntry* Find(std::string_view path) {
  const auto at = std::ranges::find(kRoutes, path, &RouteEntry::path);
  return at == kRoutes.end() ? nullptr : at;
}

// Without parameters such as charset, in small letters.
std::string MediaType(std::string_view field) {
  std::string type = ToLower(field.substr(0, field.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type;
}

// Without the port; the colons of an IPv6 address are inside brackets.
std::string HostName(std::string_view field) {
  const std::size_t bracket = field.rfind(']');
  const std::size_t colon = field.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return ToLower(field.substr(0, colon));
}

bool IsServed(const RequestHead& head, const std::vector<std::string>& hosts) {
  return hosts.empty() || head.hosts == 0 ||
         std::ranges::find(hosts, HostName(head.host)) != hosts.end();
}

bool IsPhotoType(const std::string& type) {
  // The last one is what curl says of --data-binary.
  return type.empty() || type.starts_with("image/") || type == "application/octet-stream" ||
         type == "application/x-www-form-urlencoded";
}

std::optional<Response> CheckBody(const RequestHead& head, const RouterOptions& options) {
  if (head.has_transfer_encoding || !head.content_length) {
    return Problem(411, "give the length of the photo in Content-Length; chunks are not taken");
  }
  if (*head.content_length > options.max_bytes) {
    return Problem(413, fmt::format("{} bytes, more than --max-bytes {}: send a smaller photo",
                                    *head.content_length, options.max_bytes));
  }
  const std::string type = MediaType(head.content_type);
  if (!IsPhotoType(type)) {
    return Problem(415,
                   "send the bytes of a JPEG, PNG or WebP as the body, with its image type or "
                   "none, such as by curl --data-binary @apple.jpg; forms are not taken");
  }
  if (!head.content_encoding.empty() && head.content_encoding != "identity") {
    return Problem(415, "Content-Encoding is not taken: send the photo as it is");
  }
  if (*head.content_length == 0) {
    return Problem(400, "the body is empty: send the bytes of a photo");
  }
  return std::nullopt;
}

std::optional<Response> ReadParameters(const Target& target, const RouteEntry& entry, int views,
                                       Query& query) {
  if (entry.count) query.count = entry.count->otherwise;
  for (const auto& [name, value] : target.parameters) {
    if (entry.count && name == entry.count->name) {
      const auto number = ParseNumber(value, 1, kMostCount);
      if (!number) {
        return Problem(400, fmt::format("{}: give a number of {} from 1 to {}", name,
                                        entry.count->of, kMostCount));
      }
      query.count = *number;
    } else if (query.takes_photo() && name == "views") {
      const auto number = ParseNumber(value, 1, views);
      if (!number || (*number != 1 && *number != views)) {
        return Problem(400, views == 1
                                ? std::string("views: this output has 1; leave it out")
                                : fmt::format("views: give 1, or {} as in this output", views));
      }
      query.views = *number == views ? 0 : *number;
    } else {
      return Problem(400, fmt::format("unknown parameter: {} takes {}{}", entry.path,
                                      entry.count ? fmt::format("{} and ", entry.count->name) : "",
                                      query.takes_photo() ? "views" : "none"));
    }
  }
  return std::nullopt;
}

Response NotAllowed(const char* methods) {
  Response response = Problem(405, fmt::format("use {} here", methods));
  response.headers.emplace_back("Allow", methods);
  return response;
}

std::optional<Response> Check(const RequestHead& head, const RouterOptions& options, int views,
                              Query& query) {
  if (head.hosts > 1 || (head.hosts == 0 && !head.http_1_0)) {
    return Problem(400, "give one Host field");
  }
  if (!IsServed(head, options.hosts)) {
    return Problem(400, "this name is not served: use localhost, or start with --allow-host NAME");
  }
  const std::optional<Target> target = ParseTarget(head.target);
  if (!target) return Problem(400, "the target is no path with a query: see /openapi.json");
  const RouteEntry* entry = Find(target->path);
  query.route = entry != nullptr ? entry->route : options.files ? Route::kFile : Route::kOther;
  if (query.route == Route::kOther) {
    return Problem(404, "there is nothing here: /openapi.json lists what there is");
  }
  if (query.route == Route::kSimilar && !options.similar) {
    return Problem(404, "similar photos are off: start the server without --no-similar");
  }
  if (query.takes_photo()) {
    if (head.method != "POST") return NotAllowed("POST");
    if (auto refusal = ReadParameters(*target, *entry, views, query)) return refusal;
    return CheckBody(head, options);
  }
  if (head.method != "GET" && head.method != "HEAD") return NotAllowed("GET, HEAD");
  if (head.has_transfer_encoding || head.content_length.value_or(0) != 0) {
    return Problem(400, "send no body here");
  }
  if (entry != nullptr) return ReadParameters(*target, *entry, views, query);
  query.path = target->path;
  if (const auto version = target->parameters.find("v"); version != target->parameters.end()) {
    query.version = version->second;
  }
  return std::nullopt;
}

}  // namespace

std::string_view NameOf(Route route) {
  if (route == Route::kFile) return "file";
  const auto at = std::ranges::find(kRoutes, route, &RouteEntry::route);
  return at == kRoutes.end() ? std::string_view("other") : at->path;
}

Admission Admit(const RequestHead& head, const RouterOptions& options, int views) {
  Admission admission;
  admission.query.without_body = head.method == "HEAD";
  admission.query.accept_encoding = head.accept_encoding;
  admission.query.if_none_match = head.if_none_match;
  admission.refusal = Check(head, options, views, admission.query);
  return admission;
}

}  // namespace verger::cli
