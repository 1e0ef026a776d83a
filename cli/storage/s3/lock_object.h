// lock_object.h: the object that stands for a lock, on servers that honour conditions and
// on others.
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

  // Reads the object: an answer that is ok, or 404. Errors: Failure kStorage.
  S3Answer Read() const;

  // Puts the document if there is no object. Returns whether it is there now: always, on a server
  // that ignores conditions. Errors: Failure kStorage, also of a server that refuses them.
  bool PutNew();

  // Replaces the object of that ETag by the document. Returns and errors: as PutNew.
  bool Replace(const std::string& etag);

  // Puts the document again, if the object is what this run has put last. As PutNew.
  bool Renew() { return Replace(etag_); }

  enum class Holder { kThisRun, kAnother, kNobody };

  // After a put: returns who has the lock, on a server that may let several put at the same moment.
  // AWS's honour conditions: there a put that succeeded is enough.
  // Cost: two requests and a pause, of a tenth of a second where the server honours conditions.
  Holder ConfirmHolder();

  // Removes the object. Errors: Failure kStorage.
  void Remove();

 private:
  bool Put(const S3Header& condition);
  bool IsThisRuns(const S3Answer& answer);

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const S3Headers headers_;
  const std::string document_;
  std::string etag_;         // of the last put that succeeded
  std::int64_t put_ms_ = 0;  // how long that took
};

}  // namespace verger::cli
