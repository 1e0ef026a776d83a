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

namespace verger::cli {

// Whether the run that wrote a lock is known to be gone. Units: `age` in seconds.
bool LockIsGone(const std::string& document, std::int64_t age);

// An object that says who writes: put if it is absent, renewed every minute, removed at the end.
// A killed run leaves it: the next run on that machine sees that its process is gone, any other
// that it was not renewed for long. Only one of several takes it over, by If-Match.
class BucketLock : public PlaceLock {
 public:
  // The lock, or nothing if another run holds it. Errors: Failure kStorage.
  static std::unique_ptr<BucketLock> TryAcquire(std::shared_ptr<S3Client> client,
                                                const std::string& key, const S3Headers& headers);

  BucketLock(std::shared_ptr<S3Client> client, std::string key, S3Headers headers,
             std::string document, std::string etag);
  ~BucketLock() override;

  void Check() override;

 private:
  bool Ours() const;
  void Renew();

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const S3Headers headers_;
  const std::string document_;
  std::string etag_;  // for the renewing thread
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;  // guarded by mutex_
  std::thread renewing_;
};

}  // namespace verger::cli
