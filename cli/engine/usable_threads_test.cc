#include "cli/engine/usable_threads.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

int Affinity() {
  cpu_set_t usable;
  sched_getaffinity(0, sizeof(usable), &usable);
  return CPU_COUNT(&usable);
}

class UsableThreadsTest : public testing::Test {
 protected:
  void Write(const std::string& file, const std::string& text) {
    const fs::path path = root_.path() / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  ScratchFolder root_;
};

TEST_F(UsableThreadsTest, WithoutCgroupsTheAffinity) {
  EXPECT_EQ(UsableThreads(root_.path()), Affinity());
}

TEST_F(UsableThreadsTest, FollowsCpuMaxOfAnAncestor) {
  Write("proc/self/cgroup", "0::/jobs/1\n");
  Write("proc/self/mountinfo", "9 8 0:7 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Write("sys/fs/cgroup/jobs/1/cpu.max", "max 100000\n");
  EXPECT_EQ(UsableThreads(root_.path()), Affinity());
  Write("sys/fs/cgroup/jobs/cpu.max", "100000 100000\n");
  EXPECT_EQ(UsableThreads(root_.path()), 1);
}

TEST_F(UsableThreadsTest, FollowsTheTwoFilesOfV1) {
  Write("proc/self/cgroup", "4:cpu,cpuacct:/jobs/1\n0::/\n");
  Write("proc/self/mountinfo",
        "9 8 0:7 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
        "10 8 0:8 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  Write("sys/fs/cgroup/cpu/jobs/1/cpu.cfs_period_us", "100000\n");
  Write("sys/fs/cgroup/cpu/jobs/1/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(UsableThreads(root_.path()), Affinity());
  Write("sys/fs/cgroup/cpu/jobs/1/cpu.cfs_quota_us", "50000\n");
  EXPECT_EQ(UsableThreads(root_.path()), 1);
}

// Makes a cgroup below `mount`, of v2 or v1, moves a child into it and asks there.
TEST_F(UsableThreadsTest, FollowsARealQuota) {
  const bool v2 = fs::exists("/sys/fs/cgroup/cgroup.controllers");
  const fs::path mount = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
  const fs::path cgroup = mount / ("verger-test-" + std::to_string(getpid()));
  std::error_code error;
  if (!fs::create_directory(cgroup, error)) {
    GTEST_SKIP() << "NOT TESTED: no cgroup can be made in " << mount << ": " << error.message();
  }
  if (v2) {
    std::ofstream(mount / "cgroup.subtree_control") << "+cpu";
    std::ofstream(cgroup / "cpu.max") << "100000 100000";
  } else {
    std::ofstream(cgroup / "cpu.cfs_quota_us") << "100000";
  }
  const bool limited = fs::exists(cgroup / (v2 ? "cpu.max" : "cpu.cfs_quota_us"));
  const pid_t child = fork();
  if (child == 0) {
    std::ofstream procs(cgroup / "cgroup.procs");
    procs << getpid() << std::flush;
    _exit(procs.good() ? UsableThreads() : 200);
  }
  int status = -1;
  waitpid(child, &status, 0);
  fs::remove(cgroup, error);
  if (!limited || WEXITSTATUS(status) == 200) {
    GTEST_SKIP() << "NOT TESTED: no process can be moved into " << cgroup;
  }
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

}  // namespace
}  // namespace verger::cli
