// huge_pages.h: large memory in huge pages.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace verger {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

// Asks the system to hold what lies in whole huge pages of this memory in such pages, where it has
// some. Worth it for many MB that are written once, or read from end to end: the system hands out
// 512 pages at once, and the processor waits less for the tables of pages.
//
// Requires: nothing was written to the memory yet. Advice: that the system refuses it is no error.
inline void AdviseHugePages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) {
#ifdef MADV_HUGEPAGE
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (begin + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t last = (begin + size) / kHugePage * kHugePage;
  if (first < last) {
    madvise(static_cast<std::byte*>(memory) + (first - begin), last - first, MADV_HUGEPAGE);
  }
#endif
}

}  // namespace verger
