#include "cli/net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "cli/net/test_server.h"

namespace verger::cli {
namespace {

using ::testing::HasSubstr;

HttpRequest RequestTo(const TestServer& server, const std::string& path = "/") {
  HttpRequest request;
  request.url = "http://" + server.authority() + path;
  return request;
}

std::string Page(const std::string& body, const std::string& headers = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n{}",
                     body.size(), headers, body);
}

TEST(HttpClientTest, ReturnsStatusHeadersAndBody) {
  std::string head;
  const TestServer server([&](const std::string& request) {
    head = request;
    return Page("fruit", "ETag: \"1\"\r\nRetry-After: 7\r\n");
  });
  HttpRequest request = RequestTo(server, "/a/../b");
  request.method = "PUT";
  request.headers = {{"range", "bytes=1-2"}};
  HttpOptions options;
  options.exact_paths = true;
  const HttpResponse response = HttpClient(options).Send(request);
  EXPECT_EQ(response.failure, HttpFailure::kNone) << response.reason;
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "fruit");
  EXPECT_EQ(response.headers.Value("etag"), "\"1\"");
  EXPECT_EQ(response.retry_after, 7);
  EXPECT_THAT(head, HasSubstr("PUT /a/../b HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("range: bytes=1-2\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Type")));
  EXPECT_THAT(head, Not(HasSubstr("Expect")));
}

TEST(HttpClientTest, FollowsRedirectsOnlyIfAllowed) {
  const TestServer server([](const std::string& request) -> std::string {
    if (request.starts_with("GET /end ")) return Page("end");
    return "HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 0\r\nConnection: "
           "close\r\n\r\n";
  });
  EXPECT_EQ(HttpClient().Send(RequestTo(server)).status, 302);
  HttpOptions options;
  options.max_redirects = 1;
  EXPECT_EQ(HttpClient(options).Send(RequestTo(server)).body, "end");
}

TEST(HttpClientTest, SaysHowARequestFailed) {
  const auto failure_of = [](const std::string& url, HttpOptions options = {}) {
    HttpRequest request;
    request.url = url;
    const HttpResponse response = HttpClient(options).Send(request);
    EXPECT_NE(response.reason, "") << url;
    return response.failure;
  };
  EXPECT_EQ(failure_of("http://127.0.0.1:1/"), HttpFailure::kUnreachable);
  EXPECT_EQ(failure_of("ftp://127.0.0.1/"), HttpFailure::kBadUrl);
  EXPECT_EQ(failure_of("file:///etc/hosts"), HttpFailure::kBadUrl);
  const TestServer cut([](const std::string&) { return Page("fruit").substr(0, 60); });
  EXPECT_EQ(failure_of("http://" + cut.authority()), HttpFailure::kBroken);
  const TestServer large([](const std::string&) { return Page("fruit"); });
  HttpOptions small;
  small.max_body_bytes = 4;
  EXPECT_EQ(failure_of("http://" + large.authority(), small), HttpFailure::kOther);
}

TEST(HttpClientTest, GivesUpASilentServer) {
  std::atomic<bool> stop = false;
  const TestServer server([&](const std::string&) {
    while (!stop) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return std::string();
  });
  HttpOptions options;
  options.stall_seconds = 0.2;
  const HttpResponse response = HttpClient(options).Send(RequestTo(server));
  stop = true;
  EXPECT_EQ(response.failure, HttpFailure::kBroken);
  EXPECT_THAT(response.reason, HasSubstr("sent nothing"));
}

TEST(HttpClientTest, PassesOnWhatItsCallersFunctionsThrow) {
  const TestServer server([](const std::string&) { return Page("fruit"); });
  HttpClient http;
  HttpRequest request = RequestTo(server);
  request.on_body = [](const HttpResponse& head, std::string_view bytes) {
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(bytes, "fruit");
    throw std::out_of_range("body");
  };
  EXPECT_THROW(http.Send(request), std::out_of_range);
  request.on_body = nullptr;
  request.check = [] { throw std::domain_error("check"); };
  EXPECT_THROW(http.Send(request), std::domain_error);
  request.check = nullptr;
  EXPECT_EQ(http.Send(request).body, "fruit") << "the connection is as good as new";
}

}  // namespace
}  // namespace verger::cli
