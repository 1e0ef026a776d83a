// one_object.h: a server of one object, for tests.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/net/test_server.h"
#include "cli/storage/s3/client.h"

namespace verger::cli {

// A server on the loopback with one object of so many bytes, all 'x', of which it gives ranges.
class OneObject {
 public:
  explicit OneObject(std::int64_t size)
      : size_(size), server_([this](const std::string& request) { return Answer(request); }) {}

  std::shared_ptr<S3Client> Client() const {
    S3Settings settings;
    settings.sign = false;
    settings.path_style = true;
    settings.scheme = "http";
    settings.endpoint = server_.authority();
    settings.region = "us-east-1";
    return std::make_shared<S3Client>(settings, "bucket");
  }
  std::int64_t sent() const { return sent_; }

 private:
  std::string Answer(const std::string& request) {
    long long begin = 0;
    long long last = size_ - 1;
    const std::size_t range = request.find("bytes=");
    if (range != std::string::npos) {
      std::sscanf(request.c_str() + range, "bytes=%lld-%lld", &begin, &last);
    }
    last = std::min<long long>(last, size_ - 1);
    std::string answer = fmt::format(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {}-{}/{}\r\n"
        "ETag: \"1\"\r\nConnection: close\r\n\r\n",
        last - begin + 1, begin, last, size_);
    answer.append(static_cast<std::size_t>(last - begin + 1), 'x');
    sent_ += last - begin + 1;
    return answer;
  }

  const std::int64_t size_;
  std::atomic<std::int64_t> sent_ = 0;
  TestServer server_;
};

}  // namespace verger::cli
