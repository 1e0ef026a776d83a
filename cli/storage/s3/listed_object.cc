#include "cli/storage/s3/listed_object.h"

#include <string_view>

#include "cli/base/library.h"
#include "cli/storage/s3/download.h"
#include "cli/storage/s3/errors.h"
#include "cli/storage/s3/object_pages.h"

namespace verger::cli {
namespace {

// Servers differ in whether a listing has the quotes.
std::string_view Unquoted(std::string_view etag) {
  if (etag.size() < 2 || etag.front() != '"' || etag.back() != '"') return etag;
  return etag.substr(1, etag.size() - 2);
}

class ListedObject : public FileRead {
 public:
  ListedObject(const Bucket& bucket, const PlaceFile& listed)
      : bucket_(bucket),
        listed_(listed),
        key_(bucket.KeyOf(listed.name)),
        download_(bucket.shared_client(), key_, listed.bytes) {}

  ReadOutcome AppendTo(std::string* bytes) override {
    const S3Answer answer = download_.Finish();
    if (!answer.ok()) return Rejected(answer);
    if (answer.content_length != listed_.bytes ||
        answer.body.size() != static_cast<std::size_t>(listed_.bytes) || !IsAsListed(answer)) {
      return {kChangedFile, true};
    }
    bytes->append(answer.body);
    return {};
  }

 private:
  // Some servers send another time here than in the listing. If the listing still has the time that
  // it had, and the ETag of this answer, the object is the listed one.
  bool IsAsListed(const S3Answer& answer) const {
    if (listed_.modified == 0 || answer.modified == listed_.modified / 1'000'000) return true;
    for (const S3Object& object : ListObjects(bucket_.client(), key_, "", "").objects) {
      if (object.key != key_) continue;
      return object.size == listed_.bytes && object.modified == listed_.modified &&
             Unquoted(object.etag) == Unquoted(answer.etag);
    }
    return false;
  }

  ReadOutcome Rejected(const S3Answer& answer) const {
    const verger_s3_kind kind = KindOfRead(answer);
    if (kind == VERGER_S3_MISSING) return {kVanishedFile, true};
    if (kind == VERGER_S3_DENIED) {
      return {TextOf(verger_s3_rejection, static_cast<std::int32_t>(answer.status),
                     Borrowed(answer.code), Borrowed(answer.message)),
              true};
    }
    if (answer.status == 412) return {kChangedFile, true};  // between two ranges
    throw S3Failure("read", bucket_.PathOf(listed_.name), answer);
  }

  const Bucket& bucket_;
  const PlaceFile listed_;
  const std::string key_;
  S3Download download_;
};

}  // namespace

std::unique_ptr<FileRead> ReadListedObject(const Bucket& bucket, const PlaceFile& listed) {
  return std::make_unique<ListedObject>(bucket, listed);
}

}  // namespace verger::cli
