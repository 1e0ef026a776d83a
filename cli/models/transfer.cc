#include "cli/models/transfer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "cli/base/text.h"
#include "cli/net/proxy.h"
#include "cli/net/url.h"

namespace verger::cli {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{8} << 30;

bool MayPass(long status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501);
}

// The header by which a later answer proves to be of the same version; a weak ETag does not.
std::string ValidatorOf(const ResponseHeaders& headers) {
  const std::string etag = headers.Value("etag");
  return etag.empty() || etag.starts_with("W/") ? headers.Value("last-modified") : etag;
}

}  // namespace

Transfer::Transfer(const std::filesystem::path& part, std::string validator,
                   const ModelSource& source, const DownloadOptions& options)
    : part_(part),
      source_(source),
      options_(options),
      file_(::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)),
      validator_(std::move(validator)) {
  struct stat status;
  if (!file_ || ::fstat(file_.get(), &status) != 0) {
    throw FileFailure(Exit::kStorage, "write", part_, errno);
  }
  size_ = offset_ = static_cast<std::uint64_t>(status.st_size);
}

Outcome Transfer::Run(HttpClient& http) {
  HttpRequest request;
  request.url = source_.url;
  if (!source_.url.starts_with("file:")) {
    request.proxy = ProxyOf(source_.url);
    if (offset_ > 0) request.headers.emplace_back("range", fmt::format("bytes={}-", offset_));
    if (offset_ > 0 && !validator_.empty()) request.headers.emplace_back("if-range", validator_);
  }
  request.on_body = [this](const HttpResponse& head, std::string_view bytes) {
    OnBody(head, bytes);
  };
  request.check = [this] { ThrowIfCancelled(options_); };
  return Judge(http.Send(request));
}

Outcome Transfer::Judge(const HttpResponse& response) {
  switch (response.failure) {
    case HttpFailure::kNone:
      break;
    case HttpFailure::kUnreachable:
      return {Outcome::Kind::kUnreachable, response.reason};
    case HttpFailure::kBroken:
      return {Outcome::Kind::kAgain, response.reason};
    case HttpFailure::kBadUrl:
      throw Failure(Exit::kUsage,
                    fmt::format("'{}' cannot be fetched ({}): give an http, https or file URL",
                                Printable(PublicUrl(source_.url)), response.reason));
    case HttpFailure::kUntrusted:
    case HttpFailure::kOther:
      return {Outcome::Kind::kHopeless, response.reason};
  }
  const long status = response.status;
  if (status == 416 && response.headers.RangeTotal() == size_) return {};  // nothing was left
  if (status == 416 || (status == 206 && !begun_)) {
    Truncate();
    return {Outcome::Kind::kAgain, "the server cannot resume the download"};
  }
  if (status != 0 && status != 200 && status != 206) {
    return {MayPass(status) ? Outcome::Kind::kAgain : Outcome::Kind::kHopeless,
            fmt::format("the server answers {}", status), response.retry_after};
  }
  if (!begun_) Begin(response);  // a file of no bytes
  if (total_ != 0 && size_ != total_) return {Outcome::Kind::kAgain, "the download ended early"};
  if (::fsync(file_.get()) != 0) throw FileFailure(Exit::kStorage, "write", part_, errno);
  return {};
}

void Transfer::Truncate() {
  if (::ftruncate(file_.get(), 0) != 0) throw FileFailure(Exit::kStorage, "write", part_, errno);
  size_ = 0;
}

std::uint64_t Transfer::LargestSize() const {
  return source_.size != 0 ? source_.size : kLargestFile;
}

// Called before the first byte: resumes or restarts the part.
void Transfer::Begin(const HttpResponse& head) {
  begun_ = true;
  const std::string validator = ValidatorOf(head.headers);
  if (head.status == 206 && head.headers.RangeStart() == offset_) {
    resumed_ = true;
    total_ = head.headers.RangeTotal().value_or(0);
    if (!validator.empty()) validator_ = validator;
  } else {
    Truncate();
    validator_ = validator;
    if (offset_ > 0 && head.status == 200 && options_.note) {
      options_.note("the server sends the whole file again");
    }
    total_ = head.headers.ContentLength().value_or(0);
  }
  if (total_ > LargestSize() || (total_ != 0 && source_.size != 0 && total_ != source_.size)) {
    throw Failure(Exit::kBadInput,
                  fmt::format("'{}' has {} bytes, {} {}: it is not the expected file",
                              Printable(PublicUrl(source_.url)), WithCommas(total_),
                              source_.size != 0 ? "not" : "more than", WithCommas(LargestSize())));
  }
  if (total_ == 0) total_ = source_.size;
  // The store keeps a copy of its own before the part goes.
  const std::uint64_t needed = total_ - std::min(total_, size_) + total_;
  const auto folder = part_.has_parent_path() ? part_.parent_path() : ".";
  if (const auto free = FreeBytes(folder); free && *free < needed) {
    throw FileFailure(Exit::kStorage, "write", part_, ENOSPC, needed);
  }
}

void Transfer::OnBody(const HttpResponse& head, std::string_view bytes) {
  // The body of an error page, or of another range than requested, is not the file's.
  const bool is_file = head.status == 0 || head.status == 200 ||
                       (head.status == 206 && head.headers.RangeStart() == offset_);
  if (!is_file) return;
  if (!begun_) Begin(head);
  if (size_ + bytes.size() > LargestSize()) {
    throw Failure(Exit::kBadInput,
                  fmt::format("'{}' sends more than {} bytes: it is not the expected file",
                              Printable(PublicUrl(source_.url)), WithCommas(LargestSize())));
  }
  Write(bytes);
  if (options_.progress) options_.progress(size_, total_);
}

void Transfer::Write(std::string_view bytes) {
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
}

}  // namespace verger::cli
