// usable_threads.h: how many threads this process can run at a time.
#pragma once

#include <filesystem>

namespace verger::cli {

// As many as the processors that it may run on, or fewer where a quota of its cgroups (a limit on a
// container's processors) is less. `root` is where /proc and /sys are. Cost: reads some small
// files.
int UsableThreads(const std::filesystem::path& root = "/");

// `requested` threads, or UsableThreads() if it is 0 or less.
int UsableThreads(int requested);

}  // namespace verger::cli
