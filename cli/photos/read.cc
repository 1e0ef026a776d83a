#include "cli/photos/read.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "cli/base/file_time.h"
#include "cli/base/files.h"
#include "cli/base/library.h"
#include "cli/base/limits.h"
#include "cli/storage/folder.h"
#include "cli/storage/s3/bucket.h"
#include "cli/storage/s3/download.h"
#include "cli/storage/s3/errors.h"
#include "cli/storage/s3/object_pages.h"

namespace verger::cli {
namespace {

constexpr const char* kChanged = "changed while the run went on: run again";
constexpr const char* kVanished = "vanished: it was there when the run began";

std::string Reason(int error) {
  if (error == ENOENT || error == ENOTDIR) return kVanished;
  return "cannot be read: " + std::generic_category().message(error);
}

// Servers differ in whether a listing has the quotes.
std::string_view Unquoted(std::string_view etag) {
  if (etag.size() < 2 || etag.front() != '"' || etag.back() != '"') return etag;
  return etag.substr(1, etag.size() - 2);
}

// Fills `bytes` from `begin` on. Returns 0 or an errno; a short file is no error here.
int ReadUpTo(int file, std::size_t begin, std::string* bytes) {
  std::size_t filled = begin;
  while (filled < bytes->size()) {
    const ssize_t got = ::read(file, bytes->data() + filled, bytes->size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes->resize(filled);
  return 0;
}

// One try. Returns an errno, and in `reason` what no second try would mend.
int TryRead(const std::filesystem::path& path, const Photo& photo, std::string* bytes,
            std::string* reason) {
  // O_NONBLOCK: a FIFO put in the photo's place must not hang the run.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat found;
  if (!file || ::fstat(file.get(), &found) != 0) return errno;
  const auto size = static_cast<std::size_t>(photo.size);
  const std::size_t begin = bytes->size();
  bool same =
      S_ISREG(found.st_mode) && found.st_size == photo.size && ModifiedAt(found) == photo.modified;
  if (same) {
    bytes->resize(begin + size);
    if (const int error = ReadUpTo(file.get(), begin, bytes); error != 0) return error;
    same = bytes->size() == begin + size;
  }
  if (!same) *reason = kChanged;
  return 0;
}

}  // namespace

class PhotoRead::InBucket {
 public:
  InBucket(const Bucket& bucket, const Photo& photo)
      : bucket_(bucket),
        photo_(photo),
        download_(bucket.shared_client(), bucket.KeyOf(photo.name()), photo.size) {}

  ReadOutcome AppendTo(std::string* bytes) {
    const S3Answer answer = download_.Finish();
    if (!answer.ok()) return Rejected(answer);
    if (answer.content_length != photo_.size ||
        answer.body.size() != static_cast<std::size_t>(photo_.size) || !IsAsListed(answer)) {
      return {kChanged, true};
    }
    bytes->append(answer.body);
    return {};
  }

 private:
  // Some servers tell another time here than in the listing. If the listing still has the time that
  // it had, and the ETag of what came, that is what was listed.
  bool IsAsListed(const S3Answer& answer) const {
    if (photo_.modified == 0 || answer.modified == photo_.modified / 1'000'000) return true;
    const std::string key = bucket_.KeyOf(photo_.name());
    for (const S3Object& object : ListObjects(bucket_.client(), key, "", "").objects) {
      if (object.key != key) continue;
      return object.size == photo_.size && object.modified == photo_.modified &&
             Unquoted(object.etag) == Unquoted(answer.etag);
    }
    return false;
  }

  ReadOutcome Rejected(const S3Answer& answer) const {
    const verger_s3_kind kind = KindOfRead(answer);
    if (kind == VERGER_S3_MISSING) return {kVanished, true};
    if (kind == VERGER_S3_DENIED) {
      return {TextOf(verger_s3_rejection, static_cast<std::int32_t>(answer.status),
                     Borrowed(answer.code), Borrowed(answer.message)),
              true};
    }
    if (answer.status == 412) return {kChanged, true};  // between two ranges
    throw S3Failure("read", bucket_.PathOf(photo_.name()), answer);
  }

  const Bucket& bucket_;
  const Photo& photo_;
  S3Download download_;
};

PhotoRead::PhotoRead(const Place& place, const Photo& photo, std::int64_t max_bytes)
    : place_(place), photo_(photo), max_bytes_(max_bytes) {
  const auto* bucket = dynamic_cast<const Bucket*>(&place);
  if (bucket != nullptr && photo.problem.empty() && photo.size <= max_bytes) {
    in_bucket_ = std::make_unique<InBucket>(*bucket, photo);
  }
}

PhotoRead::PhotoRead(PhotoRead&&) noexcept = default;
PhotoRead::~PhotoRead() = default;

ReadOutcome PhotoRead::AppendTo(std::string* bytes) {
  if (!photo_.problem.empty()) return {photo_.problem.str(), false};
  if (photo_.size > max_bytes_) return {TextOf(verger_too_large, photo_.size, max_bytes_), false};
  return in_bucket_ ? in_bucket_->AppendTo(bytes) : FromFolder(bytes);
}

ReadOutcome PhotoRead::FromFolder(std::string* bytes) const {
  const std::filesystem::path path = dynamic_cast<const Folder&>(place_).root() / photo_.name();
  const std::size_t begin = bytes->size();
  std::string reason;
  for (int attempt = 1;; ++attempt) {
    const int error = TryRead(path, photo_, bytes, &reason);
    if (error == 0 && reason.empty()) return {};
    bytes->resize(begin);
    if (error == 0) return {reason, true};
    if (error != EIO || attempt == Limits().read_tries) return {Reason(error), true};
  }
}

}  // namespace verger::cli
