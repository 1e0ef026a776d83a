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

// An object on its way: asked for when this is made, in threads that all downloads share. The
// first 8 MiB come by themselves and tell how large it is; of larger ones the rest comes by ranges
// side by side, all of the same version.
class S3Download {
 public:
  // `most`: of an object of more bytes, no more than one byte above them is asked for; of one that
  // should be empty, nothing but what it is, for some servers fail for ranges of nothing.
  S3Download(std::shared_ptr<S3Client> client, std::string key,
             std::int64_t most = std::numeric_limits<std::int64_t>::max());
  S3Download(const S3Download&) = delete;
  S3Download& operator=(const S3Download&) = delete;
  // Waits for what is under way, drops what is not yet asked for.
  ~S3Download();

  // Waits. The body of an answer that is ok is all of the object, or less if it has more than
  // `most` bytes; content_length is its size. To be called once. Errors: Failure kStorage, as
  // S3Client::Send.
  S3Answer Finish();

 private:
  void Ask(std::int64_t begin, std::int64_t end, const std::string& etag);
  void Ask(const std::string& method, S3Headers headers);

  std::shared_ptr<S3Client> client_;
  std::string key_;
  std::int64_t most_;
  const std::shared_ptr<std::atomic<bool>> dropped_ = std::make_shared<std::atomic<bool>>(false);
  std::vector<std::future<S3Answer>> ranges_;  // in their order
};

}  // namespace verger::cli
