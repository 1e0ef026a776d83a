#include "cli/storage/s3/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstring>
#include <ctime>
#include <thread>
#include <utility>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/interrupt.h"
#include "cli/base/library.h"
#include "cli/base/proxy.h"
#include "cli/base/text.h"
#include "cli/storage/s3/aws.h"
#include "cli/storage/s3/errors.h"
#include "cli/storage/s3/retries.h"

namespace verger::cli {
namespace {

// Units: seconds.
constexpr long kConnect = 10;
constexpr long kStall = 30;  // without a byte

std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* to) {
  S3Answer& answer = *static_cast<S3Answer*>(to);
  const std::string_view line(data, size);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.remove_suffix(1);
  const std::string text(value);
  if (name == "etag") answer.etag = text;
  if (name == "x-amz-bucket-region") answer.bucket_region = text;
  if (name == "x-amz-server-side-encryption") answer.encryption = text;
  if (name == "date") answer.date = curl_getdate(text.c_str(), nullptr);
  if (name == "last-modified") answer.modified = curl_getdate(text.c_str(), nullptr);
  if (name == "content-range") {
    const std::size_t slash = text.find('/') + 1;
    std::from_chars(text.data() + slash, text.data() + text.size(), answer.range_total);
  }
  if (name == "content-length") {
    std::from_chars(text.data(), text.data() + text.size(), answer.content_length);
  }
  return size;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* to) {
  constexpr std::size_t kMost = std::size_t{64} << 20;
  std::string& body = static_cast<S3Answer*>(to)->body;
  if (body.size() + size > kMost) return 0;
  body.append(data, size);
  return size;
}

// What is still to be sent of a body.
struct Upload {
  std::string_view bytes;
  std::size_t sent = 0;
};

std::size_t OnUpload(char* buffer, std::size_t, std::size_t room, void* from) {
  Upload& upload = *static_cast<Upload*>(from);
  const std::size_t size = std::min(room, upload.bytes.size() - upload.sent);
  std::memcpy(buffer, upload.bytes.data() + upload.sent, size);
  upload.sent += size;
  return size;
}

int OnSeek(void* from, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Upload*>(from)->sent = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

// What an answer says of an error: all but a GET's body of an object, and an ok answer to a put,
// for S3 begins that before it is done.
void ReadError(const S3Request& request, S3Answer* answer) {
  if (answer->ok() && request.method != "PUT" && request.method != "POST") return;
  LibraryBytes code, message;
  Call(verger_s3_body, Borrowed(answer->body), code.out(), message.out());
  answer->code = code.view();
  answer->message = message.view();
  // An answer to HEAD has no body; of the bucket itself nothing else can be missing.
  if (answer->status == 404 && request.key.empty() && answer->code.empty()) {
    answer->code = "NoSuchBucket";
  }
}

std::string HostOf(const S3Settings& settings) {
  if (!settings.endpoint.empty()) return settings.endpoint;
  const std::string endpoint = TextOf(verger_s3_endpoint, Borrowed(settings.region));
  return endpoint.substr(endpoint.find("://") + 3);
}

}  // namespace

std::string S3Encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~' || c == '/';
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

struct S3Client::Connection {
  Connection() : curl(curl_easy_init()) {
    if (curl == nullptr) throw Failure(Exit::kFailed, "libcurl does not start");
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { curl_easy_cleanup(curl); }

  CURL* curl;
};

// A connection on loan from the idle ones.
class S3Client::Lease {
 public:
  explicit Lease(S3Client& client) : client_(client) {
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

  Connection& operator*() { return *connection_; }

 private:
  S3Client& client_;
  std::unique_ptr<Connection> connection_;
};

S3Client::S3Client(S3Settings settings, std::string bucket)
    : settings_(std::move(settings)), host_(HostOf(settings_)), bucket_(std::move(bucket)) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Failure(Exit::kFailed, "libcurl does not start");
  proxy_ = ProxyOf(AddressOf({"GET", "", "", {}, ""}).url);
}

S3Client::~S3Client() = default;

std::string S3Client::PathOf(std::string_view key) const {
  return Printable(fmt::format("s3://{}/{}", bucket_, key));
}

S3Client::Address S3Client::AddressOf(const S3Request& request) const {
  Address address;
  address.host = host_;
  address.path = "/" + S3Encoded(request.key);
  if (!settings_.path_style) {
    address.host = bucket_ + "." + address.host;
  } else if (request.key.empty()) {
    address.path = "/" + S3Encoded(bucket_);
  } else {
    address.path = "/" + S3Encoded(bucket_) + address.path;
  }
  address.url = fmt::format("{}://{}{}{}{}", settings_.scheme, address.host, address.path,
                            request.query.empty() ? "" : "?", request.query);
  return address;
}

// All headers but those that libcurl writes itself.
std::vector<std::string> S3Client::HeadersOf(const S3Request& request, const Address& address) {
  std::vector<std::string> lines = {"Expect:"};  // a reply before the body would cost a round trip
  const std::string sha256 = Sha256Hex(request.body);
  std::string text;
  S3Headers headers = request.headers;
  if (settings_.request_payer) headers.emplace_back("x-amz-request-payer", "requester");
  for (const auto& [name, value] : headers) {
    lines.push_back(name + ": " + value);
    text += name + ":" + value + "\n";
  }
  if (!settings_.sign) {
    lines.push_back("x-amz-content-sha256: " + sha256);
    return lines;
  }
  text += "host:" + address.host + "\n";
  const verger_s3_request signable = {Borrowed(request.method), Borrowed(address.path),
                                      Borrowed(request.query), Borrowed(text), Borrowed(sha256)};
  const std::string added = TextOf(verger_s3_sign, &signable, Borrowed(Credentials()),
                                   Borrowed(settings_.region), std::time(nullptr));
  for (std::size_t begin = 0, end; (end = added.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    lines.push_back(added.substr(begin, end - begin));
  }
  return lines;
}

std::string S3Client::Credentials() const {
  try {
    return AwsCredentials(settings_.region, settings_.ca_file);
  } catch (const Failure& failure) {
    throw Failure(failure.exit(), fmt::format("{}: {}", PathOf(""), failure.what()));
  }
}

S3Answer S3Client::Send(const S3Request& request) {
  std::string failure;
  for (int attempt = 0;; ++attempt) {
    S3Answer answer;
    {
      Lease connection(*this);
      answer = SendOnce(*connection, request, &failure);
    }
    if (failure.empty() && KindOf(answer) != VERGER_S3_MAY_PASS) return answer;
    if (attempt + 1 == kS3Tries) {
      if (failure.empty()) return answer;
      throw NetworkFailure("reach", PathOf(request.key), failure);
    }
    ThrowIfInterrupted("interrupted: what is done is safe; run the same command again to go on");
    CountS3Retry();
    std::this_thread::sleep_for(std::chrono::milliseconds(S3Pause(attempt)));
    failure.clear();
  }
}

// One try. Puts the network's failure into `failure`, or leaves it empty.
S3Answer S3Client::SendOnce(Connection& connection, const S3Request& request,
                            std::string* failure) {
  S3Answer answer;
  Upload upload{request.body};
  const Address address = AddressOf(request);
  char details[CURL_ERROR_SIZE] = "";

  // Not curl_easy_setopt alone: a connection is used again, its options are not.
  curl_easy_reset(connection.curl);
  const auto set = [&](auto option, auto value) {
    curl_easy_setopt(connection.curl, option, value);
  };
  curl_slist* list = nullptr;
  for (const std::string& header : HeadersOf(request, address)) {
    list = curl_slist_append(list, header.c_str());
  }
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(list, curl_slist_free_all);

  set(CURLOPT_URL, address.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROXY, proxy_.c_str());
  set(CURLOPT_NOPROXY, "");  // that is seen to
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_CONNECTTIMEOUT, kConnect);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kStall);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "verger");
  set(CURLOPT_HTTPHEADER, list);
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(details));
  if (!settings_.ca_file.empty()) set(CURLOPT_CAINFO, settings_.ca_file.c_str());
  set(CURLOPT_HEADERFUNCTION, &OnHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&answer));
  set(CURLOPT_WRITEFUNCTION, &OnBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request.method == "PUT" || request.method == "POST") {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set(CURLOPT_READFUNCTION, &OnUpload);
    set(CURLOPT_READDATA, static_cast<void*>(&upload));
    set(CURLOPT_SEEKFUNCTION, &OnSeek);
    set(CURLOPT_SEEKDATA, static_cast<void*>(&upload));
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  } else {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  const CURLcode code = curl_easy_perform(connection.curl);
  if (code != CURLE_OK) {
    *failure = *details != '\0' ? details : curl_easy_strerror(code);
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
      throw Failure(Exit::kStorage,
                    fmt::format("{}: {}; set AWS_CA_BUNDLE to the certificates to trust",
                                PathOf(""), *failure));
    }
  }
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  curl_easy_getinfo(connection.curl, CURLINFO_RESPONSE_CODE, &answer.status);
  if (failure->empty()) ReadError(request, &answer);
  return answer;
}

}  // namespace verger::cli
