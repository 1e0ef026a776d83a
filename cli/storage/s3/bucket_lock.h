// bucket_lock.h: one run at a time into an output that lies in a bucket.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "cli/storage/place.h"
#include "cli/storage/s3/client.h"
#include "cli/storage/s3/lock_object.h"

namespace verger::cli {

// Whether the run that wrote a lock is known to be gone. Units: `age` in seconds.
bool LockIsGone(const std::string& document, std::int64_t age);

// How long ago the object of an answer was put, by the server's clock if it sends one; 0 if it
// sends no time of the object: then only its process shows that a run is gone. Units: seconds.
std::int64_t AgeOf(const S3Answer& answer);

// An object that says who writes: put if it is absent, renewed every minute, removed at the end.
// A killed run leaves it: the next run on that machine sees that its process is gone, any other
// that it was not renewed for long. Only one of several takes it over, by If-Match, or, on servers
// that ignore conditions, the last to put.
class BucketLock : public PlaceLock {
 public:
  // The lock, or nothing if another run holds it. Errors: Failure kStorage.
  static std::unique_ptr<BucketLock> TryAcquire(std::shared_ptr<S3Client> client,
                                                const std::string& key, const S3Headers& headers);

  // Requires: the object is there, with `document` in it.
  BucketLock(LockObject object, std::string document);
  ~BucketLock() override;

  void Check() override;

 private:
  bool IsThisRuns() const;
  void Renew();

  LockObject object_;  // changed by the renewing thread alone
  const std::string document_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;  // guarded by mutex_
  std::thread renewing_;
};

}  // namespace verger::cli
