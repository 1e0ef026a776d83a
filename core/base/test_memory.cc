#include "core/base/test_memory.h"

#include <cerrno>
#include <cstdlib>
#include <new>

extern "C" {
// Of the address sanitizer, where the program has it; else of the C library.
void* __interceptor_malloc(std::size_t) __attribute__((weak));
void* __interceptor_calloc(std::size_t, std::size_t) __attribute__((weak));
void* __interceptor_realloc(void*, std::size_t) __attribute__((weak));
void* __interceptor_memalign(std::size_t, std::size_t) __attribute__((weak));
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

constexpr std::int64_t kNever = -1;

thread_local std::int64_t passing_still = kNever;
thread_local bool all_from_then_on = false;
thread_local std::int64_t failures = 0;

bool Fails() {
  if (passing_still == kNever) return false;
  if (passing_still > 0) {
    --passing_still;
    return false;
  }
  if (failures > 0 && !all_from_then_on) return false;
  ++failures;
  errno = ENOMEM;
  return true;
}

void* OrThrow(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

namespace verger {

FailingMemory::FailingMemory(std::int64_t passing, Mode mode) {
  failures = 0;
  all_from_then_on = mode == Mode::kAllFromThenOn;
  passing_still = passing;
}

FailingMemory::~FailingMemory() { passing_still = kNever; }

std::int64_t FailingMemory::failed() const { return failures; }

}  // namespace verger

extern "C" {

void* malloc(std::size_t size) {
  if (Fails()) return nullptr;
  return __interceptor_malloc != nullptr ? __interceptor_malloc(size) : __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  if (Fails()) return nullptr;
  return __interceptor_calloc != nullptr ? __interceptor_calloc(count, size)
                                         : __libc_calloc(count, size);
}

void* realloc(void* block, std::size_t size) {
  if (Fails()) return nullptr;
  return __interceptor_realloc != nullptr ? __interceptor_realloc(block, size)
                                          : __libc_realloc(block, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
  if (Fails()) return nullptr;
  return __interceptor_memalign != nullptr ? __interceptor_memalign(alignment, size)
                                           : __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  void* const memory = memalign(alignment, size);
  if (memory == nullptr) return ENOMEM;
  *block = memory;
  return 0;
}

}  // extern "C"

// The sanitizer's own operators do not call malloc, so that none of them could fail.
void* operator new(std::size_t size) { return OrThrow(std::malloc(size)); }
void* operator new[](std::size_t size) { return OrThrow(std::malloc(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return OrThrow(memalign(static_cast<std::size_t>(alignment), size));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return OrThrow(memalign(static_cast<std::size_t>(alignment), size));
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
