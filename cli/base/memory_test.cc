#include "cli/base/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

void Put(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

class AvailableMemoryTest : public testing::Test {
 protected:
  AvailableMemoryTest() {
    Put(scratch_.path() / "proc/meminfo",
        "MemTotal: 9000 kB\nMemAvailable:    3000 kB\nSwapTotal: 5 kB\nSwapFree:  1000 kB\n");
  }
  std::uint64_t Available() const { return AvailableMemory(scratch_.path()); }

  const ScratchFolder scratch_;
};

TEST_F(AvailableMemoryTest, IsWhatTheSystemHasFree) { EXPECT_EQ(Available(), 4000u * 1024); }

TEST_F(AvailableMemoryTest, IsNoMoreThanAControlGroupOrOneAroundItAllows) {
  Put(scratch_.path() / "proc/self/cgroup", "0::/outer/inner\n");
  Put(scratch_.path() / "sys/fs/cgroup/outer/inner/memory.max", "max\n");
  Put(scratch_.path() / "sys/fs/cgroup/outer/memory.max", "2000000\n");
  EXPECT_EQ(Available(), 2'000'000u);
  Put(scratch_.path() / "sys/fs/cgroup/outer/inner/memory.max", "1000000\n");
  EXPECT_EQ(Available(), 1'000'000u);
  Put(scratch_.path() / "sys/fs/cgroup/memory.max", "500000\n");  // a container's
  EXPECT_EQ(Available(), 500'000u);
}

TEST_F(AvailableMemoryTest, KnowsControlGroupsOfVersionOne) {
  Put(scratch_.path() / "proc/self/cgroup", "9:cpu:/a\n7:memory:/job\n0::/\n");
  Put(scratch_.path() / "sys/fs/cgroup/memory/job/memory.limit_in_bytes", "700000\n");
  EXPECT_EQ(Available(), 700'000u);
}

TEST(AvailableMemory, IsUnlimitedWhereNothingSays) {
  const ScratchFolder empty;
  EXPECT_EQ(AvailableMemory(empty.path()), std::numeric_limits<std::uint64_t>::max());
}

TEST(AvailableMemory, OfThisMachineIsSomething) {
  EXPECT_GT(AvailableMemory(), 1u << 20);
  EXPECT_LT(AvailableMemory(), std::uint64_t{1} << 50);
}

}  // namespace
}  // namespace verger::cli
