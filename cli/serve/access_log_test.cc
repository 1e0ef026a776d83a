#include "cli/serve/access_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace verger::cli {
namespace {

std::string ReadAll(int descriptor) {
  std::string text;
  std::array<char, 4096> some{};
  ssize_t bytes = 0;
  while ((bytes = ::read(descriptor, some.data(), some.size())) > 0) {
    text.append(some.data(), static_cast<std::size_t>(bytes));
  }
  return text;
}

TEST(AccessLogTest, ALineARequest) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  {
    AccessLog log(pipe[1]);
    log.Add("/v1/classify", 200, 0.0123, 456);
    log.Add("other", 404, 0.0001, 78);
  }
  ::close(pipe[1]);
  EXPECT_EQ(ReadAll(pipe[0]),
            "route=/v1/classify status=200 ms=12.3 bytes=456\n"
            "route=other status=404 ms=0.1 bytes=78\n");
  ::close(pipe[0]);
}

TEST(AccessLogTest, AReaderThatDoesNotReadDelaysNobody) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  {
    AccessLog log(pipe[1]);
    // 5 MB, more than the pipe and the log's own memory take; without a limit this would block.
    for (int line = 0; line < 100'000; ++line) log.Add("/v1/classify", 200, 0.01, 100);
  }
  ::close(pipe[1]);
  EXPECT_LT(ReadAll(pipe[0]).size(), std::size_t{2} << 20);
  ::close(pipe[0]);
}

TEST(AccessLogTest, WithoutADescriptorThereIsNoLog) {
  AccessLog log(-1);
  log.Add("/v1/classify", 200, 0.01, 100);
}

}  // namespace
}  // namespace verger::cli
