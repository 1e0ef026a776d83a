// memory.h: what this process may still take.
#pragma once

#include <cstdint>
#include <filesystem>

namespace verger::cli {

// Bytes that can be allocated and used: what the system has free, swap included, but no more than
// the limits of the process's control groups and of its address space. All there can be if nothing
// says. `root` is where /proc and /sys are.
std::uint64_t AvailableMemory(const std::filesystem::path& root = "/");

}  // namespace verger::cli
