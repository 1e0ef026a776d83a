// http.h: HTTP requests, by libcurl.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/net/response_headers.h"

namespace verger::cli {

using HttpHeader = std::pair<std::string, std::string>;  // the name in lower case
using HttpHeaders = std::vector<HttpHeader>;

// What holds for all requests of a client.
struct HttpOptions {
  std::string ca_file;        // certificates to trust; "": those that libcurl knows
  long connect_seconds = 10;  // until a connection is open
  double stall_seconds = 30;  // without a byte in either direction; then the request fails
  long total_seconds = 0;     // of a request; 0: no limit
  long max_redirects = 0;     // from http and https to http and https
  bool file_urls = false;     // whether "file:" is allowed besides http and https
  bool exact_paths = false;   // whether "." and ".." in a path stay: keys of objects may have them
  std::size_t max_body_bytes = std::size_t{64} << 20;  // of HttpResponse::body
};

enum class HttpFailure {
  kNone,         // the server replied, with whatever status
  kUnreachable,  // no connection: the name, the proxy or the port is not there
  kBroken,       // the connection broke, stalled or timed out: another try may succeed
  kUntrusted,    // the server's certificate
  kBadUrl,
  kOther,
};

// What a server replied, or why there is no reply.
struct HttpResponse {
  HttpFailure failure = HttpFailure::kNone;
  std::string reason;       // of a failure, for people
  long status = 0;          // 0 of a "file:" URL
  ResponseHeaders headers;  // of the last reply: behind redirects, the file's own
  double retry_after = 0;   // seconds that the server asks to wait
  std::string body;         // "" where HttpRequest::on_body takes it
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::string proxy;  // as ProxyOf returns it; "": none
  HttpHeaders headers;
  std::string_view body;  // of PUT and POST
  // Takes each piece of the body as it arrives; `head` has its status and headers.
  std::function<void(const HttpResponse& head, std::string_view bytes)> on_body;
  // Called at least once a second; throws to end the request.
  std::function<void()> check;
};

// Sends requests over connections that stay open for the next ones. Safe from many threads.
class HttpClient {
 public:
  // Errors: Failure kFailed if libcurl does not start.
  explicit HttpClient(HttpOptions options = {});
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // Sends a request once. Errors: what `on_body` and `check` throw; all others are in the response.
  HttpResponse Send(const HttpRequest& request);

 private:
  struct Connection;
  class Lease;

  const HttpOptions options_;
  std::mutex mutex_;  // guards what follows
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace verger::cli
