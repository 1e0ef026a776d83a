// test_server.h: a server on the loopback, for tests.
#pragma once

#include <arpa/inet.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace verger::cli {

// Sends the text of `reply`, status line and headers included, for each request, whose head it
// gets, and closes the connection.
class TestServer {
 public:
  using Reply = std::function<std::string(const std::string& request)>;

  explicit TestServer(Reply reply)
      : reply_(std::move(reply)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, generic, length), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &length), 0);
    authority_ = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
    thread_ = std::thread([this] {
      for (int line; (line = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(line)) {
        Answer(line);
      }
    });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  const std::string& authority() const { return authority_; }  // "127.0.0.1:port"

 private:
  void Answer(int line) const {
    std::string request;
    char bytes[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t size = ::recv(line, bytes, sizeof(bytes), 0);
      if (size <= 0) return;
      request.append(bytes, static_cast<std::size_t>(size));
    }
    const std::string answer = reply_(request);
    for (std::size_t at = 0; at < answer.size();) {
      const ssize_t size = ::send(line, &answer[at], answer.size() - at, MSG_NOSIGNAL);
      if (size <= 0) return;
      at += static_cast<std::size_t>(size);
    }
  }

  const Reply reply_;
  const int listener_;
  std::string authority_;
  std::thread thread_;
};

}  // namespace verger::cli
