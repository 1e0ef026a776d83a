#include "cli/storage/s3/download.h"

#include <arrow/io/interfaces.h>
#include <arrow/util/thread_pool.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

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

S3Download::S3Download(std::shared_ptr<S3Client> client, std::string key)
    : client_(std::move(client)), key_(std::move(key)), first_(Ask(0, kRange, "")) {}

std::future<S3Answer> S3Download::Ask(std::int64_t begin, std::int64_t end,
                                      const std::string& etag) const {
  S3Headers headers = {{"range", fmt::format("bytes={}-{}", begin, end - 1)}};
  if (!etag.empty()) headers.emplace_back("if-match", etag);
  return InBackground([client = client_, key = key_, headers = std::move(headers)] {
    return client->Send({"GET", key, "", headers, ""});
  });
}

S3Answer S3Download::Finish() {
  S3Answer whole = first_.get();
  if (whole.status == kRangeNotSatisfiable) {  // an empty object has no first byte
    whole.status = 200;
    whole.body.clear();
    whole.content_length = 0;
    return whole;
  }
  if (!whole.ok()) return whole;
  if (whole.range_total >= 0) whole.content_length = whole.range_total;
  std::vector<std::future<S3Answer>> rest;
  for (auto begin = static_cast<std::int64_t>(whole.body.size()); begin < whole.content_length;
       begin += kRange) {
    rest.push_back(Ask(begin, std::min(begin + kRange, whole.content_length), whole.etag));
  }
  whole.body.reserve(static_cast<std::size_t>(whole.content_length));
  for (std::future<S3Answer>& range : rest) {
    const S3Answer answer = range.get();
    if (!answer.ok()) return answer;
    whole.body += answer.body;
  }
  return whole;
}

}  // namespace verger::cli
