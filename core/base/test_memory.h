// test_memory.h: memory that runs out where a test wants it to. A program that links it gets its
// own malloc and operator new, over those of the address sanitizer if it has one.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace verger {

// While it lives, allocations of its thread fail: after `passing` of them one, or all from then on.
// C allocations return null, C++ ones throw std::bad_alloc.
//
// Requires: one at a time on a thread.
class FailingMemory {
 public:
  enum class Mode { kOne, kAllFromThenOn };

  FailingMemory(std::int64_t passing, Mode mode);
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;
  ~FailingMemory();

  // How many have failed.
  std::int64_t failed() const;
};

// Calls body() with the first allocation failing, then with the second, and so on, until one call
// needs no more; each time once with one failure and once without memory from there on. Calls
// check() after each body(), with all memory back; its argument tells whether an allocation failed.
//
// Returns how many allocations body() makes when none fails.
template <typename Body, typename Check>
std::int64_t FailEachAllocation(Body body, Check check) {
  for (std::int64_t passing = 0;; ++passing) {
    bool failed = false;
    for (const auto mode : {FailingMemory::Mode::kOne, FailingMemory::Mode::kAllFromThenOn}) {
      {
        const FailingMemory memory(passing, mode);
        body();
        failed = memory.failed() > 0;
      }
      SCOPED_TRACE(testing::Message() << "allocation " << passing);
      check(failed);
    }
    if (!failed) return passing;
  }
}

// For code that a failed allocation may end, as it ends a destructor of nlohmann::json: calls
// body() in a child process for each allocation, which fails. body() returns whether it did right.
struct Endings {
  int right = 0;
  int wrong = 0;
  int aborted = 0;
};
template <typename Body>
Endings FailEachAllocationApart(Body body) {
  Endings endings;
  for (std::int64_t passing = 0;; ++passing) {
    const pid_t child = fork();
    if (child == 0) {
      std::fclose(stderr);  // of an abort
      const FailingMemory memory(passing, FailingMemory::Mode::kOne);
      const bool right = body();
      _exit(!right ? 1 : memory.failed() > 0 ? 0 : 2);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) throw std::runtime_error("no child process");
    if (WIFSIGNALED(status)) {
      ++(WTERMSIG(status) == SIGABRT ? endings.aborted : endings.wrong);
    } else if (WEXITSTATUS(status) == 2) {
      return endings;
    } else {
      ++(WEXITSTATUS(status) == 0 ? endings.right : endings.wrong);
    }
  }
}

}  // namespace verger
