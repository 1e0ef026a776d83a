#include "cli/base/lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

TEST(FileLock, IsHeldByOneUntilItGoes) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "lock";
  {
    const auto lock = FileLock::TryAcquire(path);
    ASSERT_TRUE(lock);
    EXPECT_FALSE(FileLock::TryAcquire(path));
    EXPECT_FALSE(FileLock::Acquire(path, 0));
  }
  EXPECT_TRUE(FileLock::TryAcquire(path));
}

TEST(FileLock, OfAKilledProcessIsFree) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "lock";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::TryAcquire(path);
    [[maybe_unused]] const auto size = ::write(ready[1], lock ? "y" : "n", 1);
    ::pause();
    ::_exit(1);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(FileLock::TryAcquire(path));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::TryAcquire(path));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(FileLock, InAFolderThatIsNotThereIsAStorageFailure) {
  const ScratchFolder scratch;
  try {
    FileLock::TryAcquire(scratch.path() / "no" / "lock");
    FAIL() << "locked what is not there";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kStorage);
  }
}

}  // namespace
}  // namespace verger::cli
