// memory.h: how much memory this process can still use.
#pragma once

#include <cstdint>
#include <filesystem>

namespace verger::cli {

// Returns the bytes that can be allocated and used: what the system has free, swap included, but no
// more than the limits of the process's control groups and of its address space; the maximum of the
// type if none is known. `root` is where /proc and /sys are.
std::uint64_t AvailableMemory(const std::filesystem::path& root = "/");

}  // namespace verger::cli
