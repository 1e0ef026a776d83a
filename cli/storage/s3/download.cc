#include "cli/storage/s3/download.h"

#include <arrow/io/interfaces.h>
#include <arrow/util/thread_pool.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "cli/base/arrow_errors.h"

namespace verger::cli {
namespace {

constexpr std::int64_t kRange = std::int64_t{8} << 20;
constexpr long kRangeNotSatisfiable = 416;

// Downloads under way at a time: they wait more than they work.
constexpr int kThreads = 32;

template <typename Task>
std::future<S3Answer> InBackground(Task task) {
  static const arrow::Status enough = arrow::io::SetIOThreadPoolCapacity(kThreads);
  OrThrow(enough);
  const auto packaged = std::make_shared<std::packaged_task<S3Answer()>>(std::move(task));
  std::future<S3Answer> answer = packaged->get_future();
  OrThrow(arrow::io::default_io_context().executor()->Spawn([packaged] { (*packaged)(); }));
  return answer;
}

}  // namespace

S3Download::S3Download(std::shared_ptr<S3Client> client, std::string key, std::int64_t max_bytes)
    : client_(std::move(client)), key_(std::move(key)), max_bytes_(max_bytes) {
  if (max_bytes_ == 0) {
    Request("HEAD", {});
  } else {
    Request(0, std::min(kRange - 1, max_bytes_) + 1, "");
  }
}

S3Download::~S3Download() {
  *dropped_ = true;
  for (const std::future<S3Answer>& range : ranges_) {
    if (range.valid()) range.wait();
  }
}

void S3Download::Request(std::int64_t begin, std::int64_t end, const std::string& etag) {
  S3Headers headers = {{"range", fmt::format("bytes={}-{}", begin, end - 1)}};
  if (!etag.empty()) headers.emplace_back("if-match", etag);
  Request("GET", std::move(headers));
}

void S3Download::Request(const std::string& method, S3Headers headers) {
  ranges_.push_back(InBackground(
      [client = client_, key = key_, method, headers = std::move(headers), dropped = dropped_] {
        return *dropped ? S3Answer{} : client->Send({method, key, "", headers, ""});
      }));
}

S3Answer S3Download::Finish() {
  S3Answer whole = ranges_[0].get();
  // An empty object has no first byte, and that answer does not tell when it changed.
  if (whole.status == kRangeNotSatisfiable) return client_->Send({"GET", key_, "", {}, ""});
  if (!whole.ok()) return whole;
  if (whole.range_total >= 0) whole.content_length = whole.range_total;
  if (whole.content_length > max_bytes_) return whole;
  for (auto begin = static_cast<std::int64_t>(whole.body.size()); begin < whole.content_length;
       begin += kRange) {
    Request(begin, std::min(begin + kRange, whole.content_length), whole.etag);
  }
  whole.body.reserve(static_cast<std::size_t>(whole.content_length));
  for (std::size_t range = 1; range < ranges_.size(); ++range) {
    const S3Answer answer = ranges_[range].get();
    if (!answer.ok()) return answer;
    // As a server that keeps to if-match says it.
    if (answer.etag != whole.etag) {
      whole.status = 412;
      return whole;
    }
    whole.body += answer.body;
  }
  return whole;
}

}  // namespace verger::cli
