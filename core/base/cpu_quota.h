// cpu_quota.h: how many processors the cgroups of a process let it use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace verger {

// The folders of the cgroups, v2 and v1, that a process and its ancestors are in, as far as its
// mounts show them; each may hold a quota of processor time.
//
// `cgroups` and `mounts` are the texts of /proc/self/cgroup and /proc/self/mountinfo.
// Source: cgroups(7), proc(5).
std::vector<std::string> CgroupFolders(std::string_view cgroups, std::string_view mounts);

// Threads that can run at a time: no more than `affinity`, the processors that the process may run
// on, nor than the least of its quotas, rounded up; at least 1.
//
// `quotas` are pairs of numbers: microseconds of processor time in a period of so many, "max" or
// -1 for any. The text of a cgroup's cpu.max is one, that of cpu.cfs_quota_us and then of
// cpu.cfs_period_us another. What is no pair of numbers is passed over.
int UsableThreads(int affinity, std::string_view quotas);

}  // namespace verger
