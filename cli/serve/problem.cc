#include "cli/serve/problem.h"

#include <nlohmann/json.hpp>

#include "cli/base/json.h"

namespace verger::cli {

const char* ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    default:
      return "Service Unavailable";
  }
}

Response Problem(int status, std::string_view detail) {
  const nlohmann::ordered_json problem = {
      {"type", "about:blank"}, {"title", ReasonOf(status)}, {"status", status}, {"detail", detail}};
  return {status, "application/problem+json", FormatJson(problem)};
}

Response Problem(int status, std::string_view detail, int retry_after_seconds) {
  Response response = Problem(status, detail);
  response.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
  return response;
}

}  // namespace verger::cli
