#include "cli/engine/compiled_networks.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "cli/base/error.h"
#include "cli/base/library.h"
#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr fs::perms kOfOwner = fs::perms::owner_read | fs::perms::owner_write;

std::string Content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

ModelHandle Embedded(const char* precision) {
  verger_model_options options{};
  options.struct_size = sizeof(options);
  options.precision = precision;
  verger_model* model = nullptr;
  Call(verger_model_embedded, nullptr, &options, &model);
  return ModelHandle(model);
}

class CompiledNetworks : public testing::Test {
 protected:
  // Whether the extractor was made of the file that is kept: then there is nothing to save.
  bool OpensCached(const verger_model& model, const fs::path& folder) const {
    const ExtractorHandle extractor = OpenExtractor(model, {.threads = 1}, folder);
    return TextOf(verger_extractor_save, extractor.get()).empty();
  }
  bool OpensCached() const { return OpensCached(*int8_, folder_); }

  fs::path TheFile() const {
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
    return fs::directory_iterator(folder_)->path();
  }

  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "cache" / "compiled";
  ModelHandle int8_ = Embedded("int8");
};

TEST_F(CompiledNetworks, AreInTheUsersCache) {
  ::setenv("HOME", "/home/me", 1);
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(CompiledFolder(), "/home/me/.cache/verger/compiled");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(CompiledFolder(), "/home/me/.cache/verger/compiled");
  ::setenv("XDG_CACHE_HOME", "/cache", 1);
  EXPECT_EQ(CompiledFolder(), "/cache/verger/compiled");
  ::unsetenv("XDG_CACHE_HOME");
}

TEST_F(CompiledNetworks, AreKeptForThisUserAlone) {
  EXPECT_FALSE(OpensCached());
  const fs::path file = TheFile();
  EXPECT_EQ(fs::status(file).permissions(), kOfOwner);
  EXPECT_EQ(fs::status(folder_).permissions(), fs::perms::owner_all);
  const std::string whole = Content(file);
  EXPECT_TRUE(OpensCached());
  EXPECT_EQ(Content(TheFile()), whole);
}

TEST_F(CompiledNetworks, AreMadeAgainWhenDamaged) {
  OpensCached();
  const fs::path file = TheFile();
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_FALSE(OpensCached());
  EXPECT_TRUE(OpensCached());
  std::string flipped = Content(file);
  flipped[flipped.size() / 2] ^= 1;
  std::ofstream(file, std::ios::binary) << flipped;
  EXPECT_FALSE(OpensCached());
  EXPECT_TRUE(OpensCached());
  fs::resize_file(file, 0);
  EXPECT_FALSE(OpensCached());
  EXPECT_TRUE(OpensCached()) << "whole again, if not of the same size: compilations differ";
}

TEST_F(CompiledNetworks, ThatOthersMayWriteAreNotRead) {
  OpensCached();
  for (const mode_t mode : {0622, 0620, 0602}) {
    ::chmod(TheFile().c_str(), mode);
    EXPECT_FALSE(OpensCached());
    EXPECT_EQ(fs::status(TheFile()).permissions(), kOfOwner) << "replaced";
  }
  const fs::path moved = scratch_.path() / "moved";
  fs::rename(TheFile(), moved);
  OpensCached();
  const fs::path file = TheFile();
  fs::remove(file);
  fs::create_symlink(moved, file);
  EXPECT_FALSE(OpensCached());
  EXPECT_FALSE(fs::is_symlink(TheFile()));
  ::chmod(folder_.c_str(), 0777);
  EXPECT_FALSE(OpensCached());
}

TEST_F(CompiledNetworks, OfAnotherUserAreNotRead) {
  OpensCached();
  if (::chown(TheFile().c_str(), 54321, static_cast<gid_t>(-1)) != 0) {
    GTEST_SKIP() << "NOT TESTED: only root can give files away";
  }
  EXPECT_FALSE(OpensCached());
  EXPECT_TRUE(OpensCached()) << "replaced by this user's own";
}

TEST_F(CompiledNetworks, NeedNoFolder) {
  std::ofstream(scratch_.path() / "cache") << "no folder";
  EXPECT_FALSE(OpensCached());
  EXPECT_FALSE(OpensCached(*int8_, ""));
  EXPECT_FALSE(OpensCached(*int8_, "/proc/verger/compiled"));
}

TEST_F(CompiledNetworks, OfFp32AreNotKept) {
  EXPECT_TRUE(OpensCached(*Embedded("fp32"), folder_)) << "there is nothing to save";
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(CompiledNetworks, UsedLongestAgoGoFirst) {
  OpensCached();
  const fs::path own = TheFile();
  const auto now = fs::file_time_type::clock::now();
  const auto name = [&](int number) { return folder_ / std::string(64, "0123456789"[number]); };
  for (int number = 0; number < kMostCompiled; ++number) {
    std::ofstream(name(number)) << number;
    fs::last_write_time(name(number), now - std::chrono::hours(number + 1));
  }
  std::ofstream(folder_ / "of-the-user") << "not ours to remove";
  fs::last_write_time(own, now - std::chrono::hours(100));
  EXPECT_TRUE(OpensCached()) << "which counts as use";
  fs::resize_file(own, 1);
  EXPECT_FALSE(OpensCached()) << "which cleans up";
  EXPECT_TRUE(fs::exists(own));
  EXPECT_TRUE(fs::exists(folder_ / "of-the-user"));
  EXPECT_TRUE(fs::exists(name(kMostCompiled - 2)));
  EXPECT_FALSE(fs::exists(name(kMostCompiled - 1)));
}

TEST_F(CompiledNetworks, LeaveErrorsToTheLibrary) {
  EXPECT_THROW(OpenExtractor(*int8_, {.threads = -1}, folder_), Failure);
}

}  // namespace
}  // namespace verger::cli
