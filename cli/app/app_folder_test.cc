#include "cli/app/app_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <fstream>
#include <set>

#include "cli/base/files.h"
#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<AppFile> Files(const std::string& version) {
  return {{"app.json",
           R"({"format":"verger-app","files":[{"path":"index.html"},{"path":"text/en.js"}]})", ""},
          {"index.html", "page " + version, "small"},
          {"text/en.js", "text", ""}};
}

std::set<std::string> NamesIn(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) names.insert(fs::relative(entry.path(), folder));
  }
  return names;
}

std::string FailureOf(const fs::path& folder, Exit exit) {
  try {
    WriteAppFolder(folder, Files("2"));
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), exit) << failure.what();
    return failure.what();
  }
  return "";
}

TEST(AppFolder, IsMadeAndReplacedAsOne) {
  const ScratchFolder scratch;
  const fs::path folder = scratch.path() / "new" / "app";
  WriteAppFolder(folder, Files("1"));
  EXPECT_THAT(NamesIn(folder),
              ElementsAre("app.json", "index.html", "index.html.br", "text/en.js"));
  WriteAppFolder(folder / "", Files("2"));
  EXPECT_EQ(ReadFile(folder / "index.html"), "page 2");
  EXPECT_THAT(NamesIn(folder.parent_path()).size(), 4U) << "nothing is left beside it";
}

TEST(AppFolder, OfALinkIsTheOneItLeadsTo) {
  const ScratchFolder scratch;
  WriteAppFolder(scratch.path() / "app", Files("1"));
  fs::create_directory_symlink(scratch.path() / "app", scratch.path() / "link");
  WriteAppFolder(scratch.path() / "link", Files("2"));
  EXPECT_TRUE(fs::is_symlink(scratch.path() / "link"));
  EXPECT_EQ(ReadFile(scratch.path() / "app" / "index.html"), "page 2");
}

TEST(AppFolder, KeepsWhatIsNoApp) {
  const ScratchFolder scratch;
  const fs::path folder = scratch.path() / "app";
  fs::create_directory(folder);
  std::ofstream(folder / "diary.txt") << "mine";
  EXPECT_THAT(FailureOf(folder, Exit::kStorage), HasSubstr("diary.txt"));
  EXPECT_EQ(ReadFile(folder / "diary.txt"), "mine");
  EXPECT_THAT(FailureOf(folder / "diary.txt", Exit::kStorage), HasSubstr("diary.txt"));

  fs::remove(folder / "diary.txt");
  WriteAppFolder(folder, Files("1"));
  std::ofstream(folder / "text" / "mine.js") << "mine";
  EXPECT_THAT(FailureOf(folder, Exit::kStorage), HasSubstr("text/mine.js"));
  EXPECT_EQ(ReadFile(folder / "index.html"), "page 1");
}

TEST(AppFolder, IsWrittenByOneAtATime) {
  const ScratchFolder scratch;
  const fs::path draft = scratch.path() / ".app.verger-app";
  fs::create_directory(draft);
  std::ofstream(draft / "half") << "of a killed one";
  const Descriptor other(::open(draft.c_str(), O_RDONLY | O_DIRECTORY));
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  EXPECT_THAT(FailureOf(scratch.path() / "app", Exit::kInUse), HasSubstr("another verger app"));
  ASSERT_EQ(::flock(other.get(), LOCK_UN), 0);
  WriteAppFolder(scratch.path() / "app", Files("1"));
  EXPECT_FALSE(fs::exists(scratch.path() / "app" / "half"));
  EXPECT_FALSE(fs::exists(draft));
}

}  // namespace
}  // namespace verger::cli
