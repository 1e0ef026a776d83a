// download.h: whole objects out of a bucket.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "cli/storage/s3/client.h"

namespace verger::cli {

// An object on its way, requested by the constructor in threads that all downloads share. The first
// request is for 8 MiB and its answer has the object's size; the rest of a larger one comes by
// ranges side by side, all of the same version.
class S3Download {
 public:
  // `max_bytes`: of a larger object at most one byte more is requested. If it is 0, only the head
  // is requested, for some servers fail for ranges of empty objects.
  S3Download(std::shared_ptr<S3Client> client, std::string key,
             std::int64_t max_bytes = std::numeric_limits<std::int64_t>::max());
  S3Download(const S3Download&) = delete;
  S3Download& operator=(const S3Download&) = delete;
  // Waits for requests under way, drops those that are not yet sent.
  ~S3Download();

  // Waits. The body of an answer that is ok is all of the object, or less if it has more than
  // `max_bytes`; content_length is its size. To be called once. Errors: Failure kStorage, as
  // S3Client::Send.
  S3Answer Finish();

 private:
  void Request(std::int64_t begin, std::int64_t end, const std::string& etag);
  void Request(const std::string& method, S3Headers headers);

  std::shared_ptr<S3Client> client_;
  std::string key_;
  std::int64_t max_bytes_;
  const std::shared_ptr<std::atomic<bool>> dropped_ = std::make_shared<std::atomic<bool>>(false);
  std::vector<std::future<S3Answer>> ranges_;  // in their order
};

}  // namespace verger::cli
