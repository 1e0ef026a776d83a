// memory.h: how much memory this process can still use, and may.
#pragma once

#include <cstdint>
#include <filesystem>

namespace verger::cli {

// Returns the bytes that can be allocated and used: what the system has free, swap included, but no
// more than the limits of the process's control groups and of its address space; the maximum of the
// type if none is known. `root` is where /proc and /sys are.
std::uint64_t AvailableMemory(const std::filesystem::path& root = "/");

// Lets this process map at most `more` bytes than it has mapped. Returns 0, or errno.
int LimitMemory(std::uint64_t more);

}  // namespace verger::cli
