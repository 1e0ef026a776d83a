#include "cli/models/transfer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>

#include "cli/base/proxy.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{8} << 30;
constexpr long kConnectSeconds = 20;
constexpr long kMostRedirects = 5;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<std::uint64_t> NumberAt(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

bool MayPass(long status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501);
}

}  // namespace

Transfer::Transfer(const std::filesystem::path& part, std::string validator,
                   const ModelSource& source, const DownloadOptions& options)
    : part_(part),
      source_(source),
      options_(options),
      file_(::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)),
      asked_validator_(std::move(validator)) {
  struct stat status;
  if (!file_ || ::fstat(file_.get(), &status) != 0) {
    throw FileFailure(Exit::kStorage, "write", part_, errno);
  }
  size_ = asked_ = static_cast<std::uint64_t>(status.st_size);
}

Outcome Transfer::Run() {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) throw Failure(Exit::kFailed, "libcurl does not start");
  char details[CURL_ERROR_SIZE] = "";
  curl_slist* headers = nullptr;
  auto set = [&](auto option, auto value) { curl_easy_setopt(curl.get(), option, value); };
  set(CURLOPT_URL, source_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https,file");
  const bool web = !source_.url.starts_with("file:");
  if (const std::string proxy = web ? ProxyOf(source_.url) : ""; !proxy.empty()) {
    set(CURLOPT_PROXY, proxy.c_str());
  }
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, kMostRedirects);
  set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "verger");
  set(CURLOPT_ERRORBUFFER, details);
  set(CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::OnProgress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  const std::string range = fmt::format("{}-", asked_);
  if (asked_ > 0 && web) {
    set(CURLOPT_RANGE, range.c_str());
    if (!asked_validator_.empty()) {
      headers = curl_slist_append(headers, ("If-Range: " + asked_validator_).c_str());
      set(CURLOPT_HTTPHEADER, headers);
    }
  }
  const CURLcode code = curl_easy_perform(curl.get());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(headers, curl_slist_free_all);
  if (failure_) std::rethrow_exception(failure_);
  return Judge(curl.get(), code, details);
}

Outcome Transfer::Judge(CURL* curl, CURLcode code, const char* details) {
  const std::string reason = *details ? details : curl_easy_strerror(code);
  if (stalled_) {
    return {Outcome::Kind::kAgain,
            fmt::format("the server sent nothing for {:.0f} s", options_.stall_seconds)};
  }
  switch (code) {
    case CURLE_OK:
      break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return {Outcome::Kind::kUnreachable, reason};
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR:
      return {Outcome::Kind::kAgain, reason};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      throw Failure(Exit::kUsage, fmt::format("'{}' is no address that can be fetched ({}): give "
                                              "an http, https or file URL",
                                              Printable(PublicUrl(source_.url)), reason));
    default:
      return {Outcome::Kind::kHopeless, reason};
  }
  if (status_ == 416 && range_total_ == size_) return {};  // there was nothing left to ask for
  if (status_ == 416 || (status_ == 206 && !begun_)) {
    if (::ftruncate(file_.get(), 0) != 0) throw FileFailure(Exit::kStorage, "write", part_, errno);
    size_ = 0;
    return {Outcome::Kind::kAgain, "the server cannot go on where we stopped"};
  }
  if (status_ != 0 && status_ != 200 && status_ != 206) {
    curl_off_t wait = 0;
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
    return {MayPass(status_) ? Outcome::Kind::kAgain : Outcome::Kind::kHopeless,
            fmt::format("the server answers {}", status_), static_cast<double>(wait)};
  }
  if (!begun_) Begin();  // a file of no bytes
  if (total_ != 0 && size_ != total_) return {Outcome::Kind::kAgain, "the file came short"};
  if (::fsync(file_.get()) != 0) throw FileFailure(Exit::kStorage, "write", part_, errno);
  return {};
}

void Transfer::Header(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // of each answer: a redirect's head is forgotten
    status_ = 0;
    if (const auto space = line.find(' '); space != line.npos) {
      status_ = static_cast<long>(NumberAt(line.substr(space + 1)).value_or(0));
    }
    validator_.clear();
    length_ = range_start_ = range_total_ = std::nullopt;
    return;
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return;
  const std::string name = Lower(line.substr(0, colon));
  const std::string_view value = Trimmed(line.substr(colon + 1));
  if (name == "etag" && !value.starts_with("W/")) validator_ = value;  // weak ones cannot vouch
  if (name == "last-modified" && validator_.empty()) validator_ = value;
  if (name == "content-length") length_ = NumberAt(value);
  if (name == "content-range" && value.starts_with("bytes ")) {
    const auto slash = value.find('/');
    range_start_ = NumberAt(value.substr(6));
    if (slash != value.npos) range_total_ = NumberAt(value.substr(slash + 1));
  }
}

// Decides, before the first byte, where it belongs.
void Transfer::Begin() {
  begun_ = true;
  if (status_ == 206 && range_start_ == asked_) {
    resumed_ = true;
    if (range_total_) total_ = *range_total_;
    if (validator_.empty()) validator_ = asked_validator_;
  } else {
    if (::ftruncate(file_.get(), 0) != 0) {
      throw FileFailure(Exit::kStorage, "write", part_, errno);
    }
    if (asked_ > 0 && status_ == 200 && options_.note) {
      options_.note("the server sends the whole file again");
    }
    size_ = 0;
    if (length_) total_ = *length_;
  }
  const std::uint64_t largest = source_.size != 0 ? source_.size : kLargestFile;
  if (total_ > largest || (total_ != 0 && source_.size != 0 && total_ != source_.size)) {
    throw Failure(Exit::kBadInput,
                  fmt::format("'{}' has {} bytes, {} {}: it is not the file that was asked for",
                              Printable(PublicUrl(source_.url)), WithCommas(total_),
                              source_.size != 0 ? "not" : "more than", WithCommas(largest)));
  }
  if (total_ == 0) total_ = source_.size;
  // The store keeps a copy of its own before the part goes.
  const std::uint64_t needed = total_ - std::min(total_, size_) + total_;
  const auto folder = part_.has_parent_path() ? part_.parent_path() : ".";
  if (const auto free = FreeBytes(folder); free && *free < needed) {
    throw FileFailure(Exit::kStorage, "write", part_, ENOSPC, needed);
  }
}

void Transfer::Body(std::string_view bytes) {
  const std::uint64_t largest = source_.size != 0 ? source_.size : kLargestFile;
  if (size_ + bytes.size() > largest) {
    throw Failure(Exit::kBadInput,
                  fmt::format("'{}' sends more than {} bytes: it is not the file that was "
                              "asked for",
                              Printable(PublicUrl(source_.url)), WithCommas(largest)));
  }
  last_byte_ = Clock::now();
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      throw FileFailure(Exit::kStorage, "write", part_, error,
                        std::max(total_, size_ + bytes.size()) - size_);
    }
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (options_.progress) options_.progress(size_, total_);
}

// curl's own limit of speed is an average that takes many seconds to notice silence
// after a fast start.
bool Transfer::GoesOn() {
  const std::chrono::duration<double> silence = Clock::now() - last_byte_;
  stalled_ = silence.count() > options_.stall_seconds;
  if (stalled_) return false;
  if (!options_.cancelled || !options_.cancelled()) return true;
  throw Failure(Exit::kInterrupted,
                "interrupted; the same command goes on from where the download stopped");
}

template <typename Result, typename Act>
Result Transfer::Keeping(Result abort, Act act) noexcept {
  if (failure_) return abort;
  try {
    return act();
  } catch (...) {
    failure_ = std::current_exception();
    return abort;
  }
}

std::size_t Transfer::OnHeader(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  return transfer.Keeping(std::size_t{0}, [&] {
    transfer.Header({data, size});
    return size;
  });
}

std::size_t Transfer::OnBody(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  return transfer.Keeping(std::size_t{0}, [&] {
    // The body of an error page, or of a range that was not asked for, is not the file's.
    const bool ours = transfer.status_ == 0 || transfer.status_ == 200 ||
                      (transfer.status_ == 206 && transfer.range_start_ == transfer.asked_);
    if (!ours) return size;
    if (!transfer.begun_) transfer.Begin();
    transfer.Body({data, size});
    return size;
  });
}

// Called at least once a second.
int Transfer::OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(self);
  return transfer.Keeping(1, [&] { return transfer.GoesOn() ? 0 : 1; });
}

}  // namespace verger::cli
