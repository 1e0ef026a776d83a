#include "cli/net/http.h"

#include <curl/curl.h>
#include <fmt/core.h>

#include <chrono>
#include <exception>

#include "cli/base/error.h"

namespace verger::cli {
namespace {

HttpFailure KindOf(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpFailure::kNone;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return HttpFailure::kUnreachable;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR:
      return HttpFailure::kBroken;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return HttpFailure::kUntrusted;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return HttpFailure::kBadUrl;
    default:
      return HttpFailure::kOther;
  }
}

// One request under way: what libcurl's callbacks work on.
class Exchange {
 public:
  Exchange(const HttpOptions& options, const HttpRequest& request)
      : options_(options), request_(request) {}

  HttpResponse Run(CURL* curl);

 private:
  using Clock = std::chrono::steady_clock;

  static std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<Exchange*>(self)->Guard(std::size_t{0}, [&](Exchange& exchange) {
      exchange.response_.headers.Read({data, size});
      exchange.response_.status = exchange.response_.headers.status();
      return size;
    });
  }
  static std::size_t OnBody(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<Exchange*>(self)->Guard(
        std::size_t{0}, [&](Exchange& exchange) { return exchange.Take({data, size}) ? size : 0; });
  }
  // libcurl calls this at least once a second.
  static int OnProgress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
    return static_cast<Exchange*>(self)->Guard(
        1, [&](Exchange& exchange) { return exchange.Continues(received + sent) ? 0 : 1; });
  }

  // Returns what `act` returns; `abort` once it has thrown, for exceptions must not pass through
  // libcurl's C code.
  template <typename Result, typename Act>
  Result Guard(Result abort, Act act) noexcept {
    if (thrown_) return abort;
    try {
      return act(*this);
    } catch (...) {
      thrown_ = std::current_exception();
      return abort;
    }
  }

  void SetOptions(CURL* curl, const curl_slist* headers);

  bool Take(std::string_view bytes) {
    if (request_.on_body) {
      request_.on_body(response_, bytes);
      return true;
    }
    if (response_.body.size() + bytes.size() > options_.max_body_bytes) return false;
    response_.body += bytes;
    return true;
  }

  // libcurl's own limit of speed is an average, which takes long to notice silence after a fast
  // start.
  bool Continues(curl_off_t bytes) {
    const Clock::time_point now = Clock::now();
    if (bytes != bytes_) last_byte_ = now;
    bytes_ = bytes;
    stalled_ = std::chrono::duration<double>(now - last_byte_).count() > options_.stall_seconds;
    if (!stalled_ && request_.check) request_.check();
    return !stalled_;
  }

  const HttpOptions& options_;
  const HttpRequest& request_;
  HttpResponse response_;
  curl_off_t bytes_ = 0;  // in both directions
  Clock::time_point last_byte_ = Clock::now();
  bool stalled_ = false;
  std::exception_ptr thrown_;
};

void Exchange::SetOptions(CURL* curl, const curl_slist* headers) {
  const auto set = [curl](auto option, auto value) { curl_easy_setopt(curl, option, value); };
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_PATH_AS_IS, options_.exact_paths ? 1L : 0L);
  set(CURLOPT_PROTOCOLS_STR, options_.file_urls ? "http,https,file" : "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, options_.max_redirects > 0 ? 1L : 0L);
  set(CURLOPT_MAXREDIRS, options_.max_redirects);
  set(CURLOPT_PROXY, request_.proxy.c_str());
  set(CURLOPT_NOPROXY, "");  // ProxyOf has read no_proxy
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_CONNECTTIMEOUT, options_.connect_seconds);
  set(CURLOPT_TIMEOUT, options_.total_seconds);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "verger");
  set(CURLOPT_HTTPHEADER, headers);
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  set(CURLOPT_HEADERFUNCTION, &Exchange::OnHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Exchange::OnBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Exchange::OnProgress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  if (request_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  if (request_.method == "PUT" || request_.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.empty() ? "" : request_.body.data());
  }
  set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

HttpResponse Exchange::Run(CURL* curl) {
  // A reply before the body would cost a round trip; libcurl takes bodies for forms. A header of
  // the request goes before both.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  bool has_type = false;
  for (const auto& [name, value] : request_.headers) {
    list = curl_slist_append(list, fmt::format("{}: {}", name, value).c_str());
    has_type = has_type || name == "content-type";
  }
  if (!has_type) list = curl_slist_append(list, "Content-Type:");
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(list, curl_slist_free_all);
  char details[CURL_ERROR_SIZE] = "";
  curl_easy_reset(curl);  // the options of the request before, not its connection
  SetOptions(curl, list);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, static_cast<char*>(details));
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  if (thrown_) std::rethrow_exception(thrown_);
  if (stalled_) {
    response_.failure = HttpFailure::kBroken;
    response_.reason = fmt::format("the server sent nothing for {:.0f} s", options_.stall_seconds);
  } else if (code != CURLE_OK) {
    response_.failure = KindOf(code);
    response_.reason = *details != '\0' ? details : curl_easy_strerror(code);
  }
  curl_off_t wait = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
  response_.retry_after = static_cast<double>(wait);
  return std::move(response_);
}

}  // namespace

struct HttpClient::Connection {
  Connection() : curl(curl_easy_init()) {
    if (curl == nullptr) throw Failure(Exit::kFailed, "libcurl does not start");
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { curl_easy_cleanup(curl); }

  CURL* const curl;
};

// A connection on loan from the idle ones.
class HttpClient::Lease {
 public:
  explicit Lease(HttpClient& client) : client_(client) {
    const std::lock_guard lock(client_.mutex_);
    if (client_.idle_.empty()) {
      connection_ = std::make_unique<Connection>();
    } else {
      connection_ = std::move(client_.idle_.back());
      client_.idle_.pop_back();
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    const std::lock_guard lock(client_.mutex_);
    client_.idle_.push_back(std::move(connection_));
  }

  CURL* curl() const { return connection_->curl; }

 private:
  HttpClient& client_;
  std::unique_ptr<Connection> connection_;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) {
  static const CURLcode start = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (start != CURLE_OK) throw Failure(Exit::kFailed, "libcurl does not start");
}

HttpClient::~HttpClient() = default;

HttpResponse HttpClient::Send(const HttpRequest& request) {
  const Lease lease(*this);
  return Exchange(options_, request).Run(lease.curl());
}

}  // namespace verger::cli
