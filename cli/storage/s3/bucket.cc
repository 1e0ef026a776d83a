#include "cli/storage/s3/bucket.h"

#include <arrow/io/interfaces.h>
#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "cli/base/text.h"
#include "cli/storage/s3/bucket_listing.h"
#include "cli/storage/s3/bucket_lock.h"
#include "cli/storage/s3/download.h"
#include "cli/storage/s3/errors.h"
#include "cli/storage/s3/listed_object.h"
#include "cli/storage/s3/object_file.h"
#include "cli/storage/s3/object_pages.h"
#include "cli/storage/s3/upload.h"

namespace verger::cli {

std::string Bucket::KeyOf(std::string_view name) const {
  if (prefix_.empty() || name.empty()) return prefix_ + std::string(name);
  return fmt::format("{}/{}", prefix_, name);
}

void Bucket::RequireHolder() const {
  const S3Answer answer = client_->Send({"HEAD", "", "", {}, ""});
  const verger_s3_kind kind = KindOf(answer);
  if (kind == VERGER_S3_NO_BUCKET || kind == VERGER_S3_MAY_PASS) {
    throw S3Failure("find", PathOf(""), answer);
  }
}

std::string Bucket::Canonical() const {
  return Printable(prefix_.empty() ? "s3://" + client_->bucket() : client_->PathOf(prefix_));
}

std::shared_ptr<arrow::io::RandomAccessFile> Bucket::Open(const std::string& name) const {
  return OpenObject(client_, KeyOf(name));
}

std::optional<std::string> Bucket::ReadIfPresent(const std::string& name) const {
  constexpr int kTries = 3;
  for (int attempt = 1;; ++attempt) {
    S3Answer answer = S3Download(client_, KeyOf(name)).Finish();
    if (answer.ok()) return std::move(answer.body);
    if (KindOf(answer) == VERGER_S3_MISSING) return std::nullopt;
    // Replaced between two ranges: what is there now is whole again.
    if (answer.status == 412 && attempt < kTries) continue;
    throw S3Failure("read", PathOf(name), answer);
  }
}

std::unique_ptr<FileRead> Bucket::StartRead(const PlaceFile& listed) const {
  return ReadListedObject(*this, listed);
}

std::unique_ptr<PhotoStream> Bucket::OpenListing(const ListingOptions& options) const {
  return OpenBucketListing(*this, options);
}

void Bucket::ExcludeFrom(ListingOptions* options) const {
  options->excluded_bucket = client_->bucket();
  options->excluded_prefix = prefix_.empty() ? "" : prefix_ + "/";
}

std::vector<std::string> Bucket::List(const std::string& folder) const {
  std::vector<std::string> names;
  for (PlaceFile& file : ListFiles(folder)) names.push_back(std::move(file.name));
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<PlaceFile> Bucket::ListFiles(const std::string& folder) const {
  const std::string below = KeyOf(folder).empty() ? "" : KeyOf(folder) + "/";
  constexpr std::int64_t kLater = std::numeric_limits<std::int64_t>::max();
  std::vector<PlaceFile> files;
  std::string token;
  do {
    ObjectPage page = ListObjects(*client_, below, "/", token);
    for (const S3Object& object : page.objects) {
      if (object.key.size() <= below.size()) continue;
      files.push_back(
          {object.key.substr(below.size()), object.size, object.modified.value_or(kLater)});
    }
    token = std::move(page.next);
  } while (!token.empty());
  return files;
}

bool Bucket::Exists(const std::string& name) const {
  const S3Answer answer = client_->Send({"HEAD", KeyOf(name), "", {}, ""});
  if (answer.ok()) return true;
  if (KindOf(answer) == VERGER_S3_MISSING) return false;
  throw S3Failure("read", PathOf(name), answer);
}

S3Headers Bucket::EncryptionHeaders() const {
  S3Headers headers;
  const S3Settings& settings = client_->settings();
  if (!settings.encryption.empty()) {
    headers.emplace_back("x-amz-server-side-encryption", settings.encryption);
  }
  if (!settings.encryption_key.empty()) {
    headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", settings.encryption_key);
  }
  return headers;
}

void Bucket::Publish(const std::string& name, std::string_view bytes) const {
  S3Headers headers = EncryptionHeaders();
  // Or browsers would save a page that a link leads to.
  if (name.ends_with(".html")) headers.emplace_back("content-type", "text/html; charset=utf-8");
  Put(*client_, {KeyOf(name), PathOf(name), bytes, std::move(headers), std::nullopt});
}

bool Bucket::PublishNew(const std::string& name, std::string_view bytes) const {
  // A server that ignores the condition would put over what is there; the lock keeps others out.
  if (!IsAws(client_->settings()) && Exists(name)) return ReadIfPresent(name) == bytes;
  const S3Header if_absent = {"if-none-match", "*"};
  if (Put(*client_, {KeyOf(name), PathOf(name), bytes, EncryptionHeaders(), if_absent}).ok()) {
    return true;
  }
  // A try before may have come through, and only its answer was lost.
  return ReadIfPresent(name) == bytes;
}

void Bucket::Rename(const std::string& old_name, const std::string& new_name) const {
  const S3Answer answer = Copy(*client_, KeyOf(old_name), KeyOf(new_name), EncryptionHeaders());
  if (!answer.ok()) throw S3Failure("write", PathOf(new_name), answer);
  Remove(old_name);
}

void Bucket::Remove(const std::string& name) const {
  const S3Answer answer = client_->Send({"DELETE", KeyOf(name), "", {}, ""});
  if (!answer.ok() && answer.status != 404) {
    throw S3Failure("remove", PathOf(name), answer);
  }
}

std::unique_ptr<PlaceLock> Bucket::Lock(const std::string& name) const {
  auto lock = BucketLock::TryAcquire(client_, KeyOf(name), EncryptionHeaders());
  if (lock) return lock;
  throw InUse(fmt::format(
      "wait until it ends, or choose another OUT; if it was killed on another machine, remove "
      "'{}', or wait {} minutes",
      PathOf(name), verger_lock_stale_seconds() / 60));
}

}  // namespace verger::cli
