// one_object.h: a server of one object, for tests.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "cli/storage/s3/client.h"

namespace verger::cli {

// A server on the loopback with one object of so many bytes, all 'x', of which it gives ranges.
class OneObject {
 public:
  explicit OneObject(std::int64_t size)
      : size_(size), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, generic, length), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &length), 0);
    endpoint_ = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
    thread_ = std::thread([this] {
      for (int line; (line = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(line)) {
        Answer(line);
      }
    });
  }
  OneObject(const OneObject&) = delete;
  OneObject& operator=(const OneObject&) = delete;
  ~OneObject() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::shared_ptr<S3Client> Client() const {
    S3Settings settings;
    settings.sign = false;
    settings.path_style = true;
    settings.scheme = "http";
    settings.endpoint = endpoint_;
    settings.region = "us-east-1";
    return std::make_shared<S3Client>(settings, "bucket");
  }
  std::int64_t sent() const { return sent_; }

 private:
  void Answer(int line) {
    std::string request;
    char bytes[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = ::recv(line, bytes, sizeof(bytes), 0);
      if (got <= 0) return;
      request.append(bytes, static_cast<std::size_t>(got));
    }
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
    for (std::size_t at = 0; at < answer.size();) {
      const ssize_t put = ::send(line, &answer[at], answer.size() - at, MSG_NOSIGNAL);
      if (put <= 0) return;
      at += static_cast<std::size_t>(put);
    }
  }

  std::int64_t size_;
  int listener_;
  std::string endpoint_;
  std::atomic<std::int64_t> sent_ = 0;
  std::thread thread_;
};

}  // namespace verger::cli
