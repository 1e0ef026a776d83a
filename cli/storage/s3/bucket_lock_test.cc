#include "cli/storage/s3/bucket_lock.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace verger::cli {
namespace {

constexpr std::int64_t kYoung = 0;
constexpr std::int64_t kDay = 24 * 3600;

// A process of this test's, and what a run writes of itself.
std::string DocumentOf(pid_t process, const std::string& start) {
  char name[256] = "";
  gethostname(name, sizeof(name) - 1);
  char numbering[64] = "";
  EXPECT_GT(readlink("/proc/self/ns/pid", numbering, sizeof(numbering) - 1), 0);
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return fmt::format("{{\"token\":\"1\",\"host\":\"{} {} {}\",\"process\":{},\"start\":\"{}\"}}\n",
                     name, boot, numbering, process, start);
}

TEST(LockIsGoneTest, LooksForTheProcessOnThisMachine) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    pause();
    _exit(0);
  }
  EXPECT_TRUE(LockIsGone(DocumentOf(child, "1"), kYoung)) << "its number is another process's";
  EXPECT_FALSE(LockIsGone(DocumentOf(child, ""), kYoung)) << "it lives";
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(LockIsGone(DocumentOf(child, ""), kYoung));
}

TEST(LockIsGoneTest, LeavesOtherMachinesToTheirAge) {
  EXPECT_FALSE(LockIsGone("{\"host\":\"another\",\"process\":1,\"start\":\"1\"}", kYoung));
  EXPECT_TRUE(LockIsGone("{\"host\":\"another\",\"process\":1,\"start\":\"1\"}", kDay));
  EXPECT_FALSE(LockIsGone("a token", kYoung));
}

}  // namespace
}  // namespace verger::cli
