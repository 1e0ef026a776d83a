// router.h: which requests go on to their bodies, and what they ask for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/serve/message.h"

namespace verger::cli {

enum class Route {
  kClassify,
  kSimilar,
  kFeatures,
  kHealth,
  kReady,
  kMetrics,
  kOpenApi,
  kFile,
  kOther
};

// For metrics and the log: "/v1/classify", "file", "other".
std::string_view NameOf(Route route);

// What a request for a route asks for.
struct Query {
  Route route = Route::kOther;
  bool without_body = false;  // HEAD
  int count = 0;              // labels of `top`, or similar photos
  int views = 0;              // of the photo; 0: those of OUT
  std::string path{};         // of a file
  std::string version{};      // of a file, that the client names
  std::string accept_encoding{};
  std::string if_none_match{};

  bool takes_photo() const { return route <= Route::kFeatures; }
};

struct RouterOptions {
  std::uint64_t max_bytes = 0;  // of a body
  bool similar = true;          // whether there is /v1/similar
  bool files = false;           // whether other paths are files
  // Names that Host may have, in small letters; empty: any. A page that a browser shows can give
  // its own name the address of this machine, and would then read the answers.
  std::vector<std::string> hosts{};
};

struct Admission {
  Query query;
  std::optional<Response> refusal;  // then the body need not be read
};

// Checks a request by its head. `views`: those of OUT.
Admission Admit(const RequestHead& head, const RouterOptions& options, int views);

}  // namespace verger::cli
