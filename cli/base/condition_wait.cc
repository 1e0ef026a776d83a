// std::condition_variable::wait for the wheel, whose program runs on systems with the libstdc++ of
// GCC 11. That of GCC 12, with which we build, has this function under a version that they lack,
// GLIBCXX_3.4.30. The linker's --wrap leads every call here; libstdc++'s own does the same.
#include <pthread.h>

#include <condition_variable>
#include <mutex>

// As the linker spells `std::condition_variable::wait(std::unique_lock<std::mutex>&)`, and its
// prefix.
extern "C" void __wrap__ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE(
    std::condition_variable* condition, std::unique_lock<std::mutex>* lock) noexcept {
  pthread_cond_wait(condition->native_handle(), lock->mutex()->native_handle());
}
