#include "core/base/cpu_quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace verger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kV2 =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 master:2 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr std::string_view kV1 =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n";

TEST(CgroupFoldersTest, OwnFirstThenAllAbove) {
  EXPECT_THAT(CgroupFolders("0::/user.slice/a b.scope\n", kV2),
              ElementsAre("/sys/fs/cgroup/user.slice/a b.scope", "/sys/fs/cgroup/user.slice",
                          "/sys/fs/cgroup"));
  EXPECT_THAT(CgroupFolders("0::/\n", kV2), ElementsAre("/sys/fs/cgroup"));
}

TEST(CgroupFoldersTest, OfTheHierarchyWithTheCpuController) {
  EXPECT_THAT(CgroupFolders("5:cpuset:/other\n4:cpu,cpuacct:/jobs/1\n0::/none\n", kV1),
              ElementsAre("/sys/fs/cgroup/cpu,cpuacct/jobs/1", "/sys/fs/cgroup/cpu,cpuacct/jobs",
                          "/sys/fs/cgroup/cpu,cpuacct"));
}

TEST(CgroupFoldersTest, OfBothVersionsWhereBothAre) {
  const std::string both = std::string(kV1) + "9 8 0:7 / /v2 rw - cgroup2 cgroup2 rw\n";
  EXPECT_THAT(CgroupFolders("4:cpu,cpuacct:/\n0::/x\n", both),
              ElementsAre("/sys/fs/cgroup/cpu,cpuacct", "/v2/x", "/v2"));
}

// A container sees its own cgroup at the mount, while its name is the host's.
TEST(CgroupFoldersTest, BelowWhatTheMountShows) {
  const std::string_view mounts = "9 8 0:7 /docker/5f /sys/fs/cgroup ro - cgroup cgroup rw,cpu\n";
  EXPECT_THAT(CgroupFolders("4:cpu:/docker/5f\n", mounts), ElementsAre("/sys/fs/cgroup"));
  EXPECT_THAT(CgroupFolders("4:cpu:/docker/5f/in\n", mounts),
              ElementsAre("/sys/fs/cgroup/in", "/sys/fs/cgroup"));
  EXPECT_THAT(CgroupFolders("4:cpu:/docker/5f0\n", mounts), ElementsAre("/sys/fs/cgroup"));
  EXPECT_THAT(CgroupFolders("0::/../neighbour\n", kV2), ElementsAre("/sys/fs/cgroup"));
}

TEST(CgroupFoldersTest, NamesWithSpacesAreEscaped) {
  EXPECT_THAT(CgroupFolders("0::/x\n", "9 8 0:7 / /my\\040mount\\134 rw - cgroup2 cgroup2 rw\n"),
              ElementsAre("/my mount\\/x", "/my mount\\"));
}

TEST(CgroupFoldersTest, NoneInTextsThatSayNothing) {
  for (const std::string_view text : {"", "\n", "0", "0:", "0::", "::::", "- - -", "nonsense"}) {
    EXPECT_THAT(CgroupFolders(text, kV2), IsEmpty()) << text;
    EXPECT_THAT(CgroupFolders("0::/a\n", text), IsEmpty()) << text;
  }
}

TEST(UsableThreadsTest, TheLeastOfAffinityAndQuotas) {
  EXPECT_EQ(UsableThreads(8, ""), 8);
  EXPECT_EQ(UsableThreads(8, "max 100000\n"), 8);
  EXPECT_EQ(UsableThreads(8, "-1\n100000\n"), 8);
  EXPECT_EQ(UsableThreads(8, "200000 100000\n"), 2);
  EXPECT_EQ(UsableThreads(8, "150000\n100000\n"), 2);
  EXPECT_EQ(UsableThreads(8, "100001 100000\n"), 2);
  EXPECT_EQ(UsableThreads(8, "5000 100000\n"), 1);
  EXPECT_EQ(UsableThreads(2, "400000 100000\n"), 2);
  EXPECT_EQ(UsableThreads(8, "max 100000\n300000 100000\n400000 100000\n-1\n100000\n"), 3);
}

TEST(UsableThreadsTest, NonsenseIsPassedOver) {
  EXPECT_EQ(UsableThreads(0, ""), 1);
  for (const std::string_view quota :
       {"0 100000", "100000 0", "100000", "x y", "100000 -1", "99999999999999999999 1", " \n "}) {
    EXPECT_EQ(UsableThreads(4, quota), 4) << quota;
  }
  EXPECT_EQ(UsableThreads(std::numeric_limits<int>::max(), "9223372036854775807 1"),
            std::numeric_limits<int>::max());
}

}  // namespace
}  // namespace verger
