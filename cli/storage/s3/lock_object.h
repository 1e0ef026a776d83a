// lock_object.h: the object that stands for a lock, on servers that keep to conditions and on
// others.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/storage/s3/client.h"

namespace verger::cli {

class LockObject {
 public:
  // `document`: what this run writes; no two runs write the same.
  LockObject(std::shared_ptr<S3Client> client, std::string key, S3Headers headers,
             std::string document);

  const std::string& key() const { return key_; }
  std::string Path() const { return client_->PathOf(key_); }

  // What is there: ok, or 404. Errors: Failure kStorage.
  S3Answer Look() const;

  // Puts the document if there is no object. Returns whether it is there now: always, on a server
  // that ignores conditions. Errors: Failure kStorage, also of a server that refuses them.
  bool PutNew();

  // Puts it in the place of the object with that ETag, as PutNew.
  bool Replace(const std::string& etag);

  // Puts it again, if it is what this run has put last, as PutNew.
  bool Renew() { return Replace(etag_); }

  enum class Holder { kThisRun, kAnother, kNobody };

  // After a put: who has the lock, on a server that may let several put at the same moment.
  // AWS's keep to conditions: there a put that succeeded is enough.
  // Cost: two requests and a pause, of a tenth of a second where the server keeps to conditions.
  Holder Settle();

  // Removes the object. Errors: Failure kStorage.
  void Remove();

 private:
  bool Put(const S3Header& condition);
  bool IsOurs(const S3Answer& answer);

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const S3Headers headers_;
  const std::string document_;
  std::string etag_;         // of the last put that succeeded
  std::int64_t put_ms_ = 0;  // how long that took
};

}  // namespace verger::cli
