#include "cli/base/reserve.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include "cli/base/error.h"

namespace verger::cli {
namespace {

constexpr std::size_t kReserveBytes = 2 << 20;  // mapped by themselves: every thread can use them

std::atomic<void*> reserve = nullptr;
std::atomic<bool> is_required = false;

void GiveReserveBack() {
  void* const block = reserve.exchange(nullptr);
  if (block == nullptr) throw std::bad_alloc();
  std::free(block);  // NOLINT(cppcoreguidelines-no-malloc): `new` would call this handler
}

[[noreturn]] void Terminate() {
  try {
    if (const std::exception_ptr exception = std::current_exception()) {
      std::rethrow_exception(exception);
    }
  } catch (const std::bad_alloc&) {
    constexpr std::string_view kMessage = "verger: ";
    (void)!::write(STDERR_FILENO, kMessage.data(), kMessage.size());
    (void)!::write(STDERR_FILENO, kOutOfMemory.data(), kOutOfMemory.size());
    (void)!::write(STDERR_FILENO, "\n", 1);
    ::_exit(static_cast<int>(Exit::kFailed));
  } catch (...) {
    std::abort();
  }
  std::abort();  // for no exception at all
}

// Before the program's other static objects, whose constructors allocate too.
[[gnu::constructor(101)]] void EndWithMessage() { std::set_terminate(Terminate); }

}  // namespace

void KeepReserve() {
  is_required = true;
  RequireReserve();
  std::set_new_handler(GiveReserveBack);
}

void RequireReserve() {
  if (!is_required || reserve.load() != nullptr) return;
  void* block = std::malloc(kReserveBytes);  // NOLINT(cppcoreguidelines-no-malloc): as above
  if (block == nullptr) throw std::bad_alloc();
  void* none = nullptr;
  if (!reserve.compare_exchange_strong(none, block)) std::free(block);  // NOLINT: as above
}

}  // namespace verger::cli
