#include "cli/base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

using testing::HasSubstr;

// The failure that `act` ends in.
template <typename Act>
Failure FailureOf(Act act) {
  try {
    act();
  } catch (const Failure& failure) {
    return failure;
  }
  return Failure(Exit::kDone, "no failure");
}

TEST(ReadFile, ReturnsEveryByte) {
  const ScratchFolder scratch;
  const std::string bytes("a\0b\n", 4);
  WriteFileAtomically(scratch.path() / "file", bytes);
  EXPECT_EQ(ReadFile(scratch.path() / "file"), bytes);
  WriteFileAtomically(scratch.path() / "empty", "");
  EXPECT_EQ(ReadFile(scratch.path() / "empty"), "");
  EXPECT_EQ(ReadFile("/proc/self/comm").back(), '\n');  // says that it has no bytes
}

TEST(ReadFile, NamesWhatItCannotRead) {
  const ScratchFolder scratch;
  const Failure missing = FailureOf([&] { ReadFile(scratch.path() / "gone.h5"); });
  EXPECT_EQ(missing.exit(), Exit::kBadInput);
  EXPECT_THAT(missing.what(), HasSubstr("gone.h5': No such file"));
  EXPECT_THAT(FailureOf([&] { ReadFile(scratch.path()); }).what(), HasSubstr("is a folder"));
  EXPECT_EQ(ReadFileIfPresent(scratch.path() / "gone.h5"), std::nullopt);
}

TEST(ReadFile, DoesNotWaitOnAPipe) {
  const ScratchFolder scratch;
  ASSERT_EQ(::mkfifo((scratch.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(FailureOf([&] { ReadFile(scratch.path() / "pipe"); }).what(), HasSubstr("pipe"));
}

TEST(ReadFile, HasALimit) {
  const ScratchFolder scratch;
  WriteFileAtomically(scratch.path() / "file", "12345");
  EXPECT_EQ(ReadFile(scratch.path() / "file", Exit::kStorage, 5), "12345");
  const Failure failure = FailureOf([&] { ReadFile(scratch.path() / "file", Exit::kStorage, 4); });
  EXPECT_EQ(failure.exit(), Exit::kStorage);
  EXPECT_THAT(failure.what(), HasSubstr("more than 4 bytes"));
}

TEST(WriteFileAtomically, ReplacesAndLeavesNothingElse) {
  const ScratchFolder scratch;
  WriteFileAtomically(scratch.path() / "file", "old");
  WriteFileAtomically(scratch.path() / "file", "new");
  EXPECT_EQ(ReadFile(scratch.path() / "file"), "new");
  EXPECT_EQ(scratch.Count(), 1);
}

TEST(WriteFileAtomically, NamesTheFolderThatIsNotThere) {
  const ScratchFolder scratch;
  const Failure failure =
      FailureOf([&] { WriteFileAtomically(scratch.path() / "no" / "file", "x"); });
  EXPECT_EQ(failure.exit(), Exit::kStorage);
  EXPECT_THAT(failure.what(), HasSubstr("no/file"));
}

TEST(WriteFileAtomically, OnAFullDiskSaysHowMuchIsMissingAndKeepsTheOld) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "file";
  WriteFileAtomically(path, "old");
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Failure failure = FailureOf([&] { WriteFileAtomically(path, std::string(10'000, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(failure.exit(), Exit::kStorage);
  EXPECT_THAT(failure.what(), HasSubstr("5,904 bytes"));
  EXPECT_EQ(ReadFile(path), "old");
  EXPECT_EQ(scratch.Count(), 1);
}

TEST(FileFailure, OfAFullDiskNamesThePathAndTheBytes) {
  const Failure failure = FileFailure(Exit::kStorage, "write", "/tmp/a\nb", ENOSPC, 94'765'736);
  EXPECT_THAT(failure.what(), HasSubstr("'/tmp/a\\x0ab': No space left on device: 94,765,736"));
  EXPECT_THAT(failure.what(), HasSubstr("make room"));
}

TEST(PublishNew, LeavesAFileThatIsThere) {
  const ScratchFolder scratch;
  EXPECT_TRUE(PublishNew(scratch.path() / "file", "first"));
  EXPECT_FALSE(PublishNew(scratch.path() / "file", "second"));
  EXPECT_EQ(ReadFile(scratch.path() / "file"), "first");
  EXPECT_EQ(scratch.Count(), 1);
}

TEST(PublishNew, HasOneWinner) {
  const ScratchFolder scratch;
  std::atomic<int> winners{0};
  std::string winner;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string mine = "of thread " + std::to_string(i);
      if (PublishNew(scratch.path() / "file", mine)) {
        ++winners;
        winner = mine;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(ReadFile(scratch.path() / "file"), winner);
  EXPECT_EQ(scratch.Count(), 1);
}

TEST(PendingFile, IsGoneUnlessPublished) {
  const ScratchFolder scratch;
  {
    PendingFile file(scratch.path() / "file");
    file.Append("half");
    EXPECT_EQ(scratch.Count(), 1);
  }
  EXPECT_EQ(scratch.Count(), 0);
}

TEST(RemoveStaleTemporaries, TakesWhatAKilledProcessLeftAndNothingElse) {
  const ScratchFolder scratch;
  const pid_t child = ::fork();
  if (child == 0) {
    PendingFile file(scratch.path() / "killed");
    file.Append("half");
    ::_exit(0);  // as a kill would: no destructor runs
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ASSERT_EQ(scratch.Count(), 1);

  PendingFile living(scratch.path() / "living");
  WriteFileAtomically(scratch.path() / "data", "x");
  RemoveStaleTemporaries(scratch.path());
  EXPECT_EQ(scratch.Count(), 2);
  living.Append("whole");
  living.Publish();
  EXPECT_EQ(ReadFile(scratch.path() / "living"), "whole");
}

}  // namespace
}  // namespace verger::cli
