#include "cli/models/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/base/digest.h"
#include "cli/base/files.h"
#include "cli/base/json.h"
#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

ModelEntry Entry(const std::string& name) {
  ModelEntry entry;
  entry.name = name;
  entry.format = "onnx";
  entry.preset = "torchvision";
  entry.dimension = 1280;
  entry.source = "/home/me/net.onnx";
  entry.license = "MIT";
  return entry;
}

template <typename Act>
Failure FailureOf(Act act) {
  try {
    act();
  } catch (const Failure& failure) {
    return failure;
  }
  return Failure(Exit::kDone, "no failure");
}

class Store : public testing::Test {
 protected:
  std::string BytesOf(const std::string& name) {
    const auto stored = store_.Read(name);
    return stored ? stored->bytes : "no model";
  }

  const ScratchFolder scratch_;
  const ModelStore store_{scratch_.path() / "models"};
};

TEST_F(Store, IsEmptyWithoutAFolder) {
  EXPECT_THAT(store_.List(), IsEmpty());
  EXPECT_EQ(store_.Find("net"), std::nullopt);
  EXPECT_EQ(store_.Find("../net"), std::nullopt);
  EXPECT_EQ(BytesOf("net"), "no model");
}

TEST_F(Store, GivesBackWhatWasAdded) {
  const ModelEntry added = store_.Add(Entry("net"), "bytes", false);
  EXPECT_EQ(added.sha256, Sha256Hex("bytes"));
  EXPECT_EQ(added.bytes, 5u);
  const auto entry = ModelStore(store_.folder()).Find("net");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->file, added.file);
  EXPECT_EQ(entry->preset, "torchvision");
  EXPECT_EQ(entry->dimension, 1280);
  EXPECT_EQ(entry->source, "/home/me/net.onnx");
  EXPECT_EQ(entry->license, "MIT");
  EXPECT_EQ(BytesOf("net"), "bytes");
}

TEST_F(Store, ListsByName) {
  for (const char* name : {"b", "a-b", "a"}) store_.Add(Entry(name), name, false);
  std::vector<std::string> names;
  for (const ModelEntry& entry : store_.List()) names.push_back(entry.name);
  EXPECT_THAT(names, testing::ElementsAre("a", "a-b", "b"));
}

TEST_F(Store, ReplacesOnlyWhenAsked) {
  const ModelEntry old = store_.Add(Entry("net"), "old", false);
  store_.Add(Entry("net-0123456789ab"), "a neighbour", false);
  EXPECT_NO_THROW(store_.Add(Entry("net"), "old", false));  // the same again
  const Failure refused = FailureOf([&] { store_.Add(Entry("net"), "new", false); });
  EXPECT_EQ(refused.exit(), Exit::kBadInput);
  EXPECT_THAT(refused.what(), HasSubstr("--replace"));
  EXPECT_EQ(BytesOf("net"), "old");

  store_.Add(Entry("net"), "new", true);
  EXPECT_EQ(BytesOf("net"), "new");
  EXPECT_FALSE(std::filesystem::exists(old.file));
  EXPECT_EQ(BytesOf("net-0123456789ab"), "a neighbour");
}

TEST_F(Store, RefusesADamagedFileByName) {
  const ModelEntry entry = store_.Add(Entry("net"), "bytes", false);
  WriteFileAtomically(entry.file, "Bytes");
  const Failure flipped = FailureOf([&] { BytesOf("net"); });
  EXPECT_EQ(flipped.exit(), Exit::kBadInput);
  EXPECT_THAT(flipped.what(), HasSubstr("'net' is damaged"));
  EXPECT_THAT(flipped.what(), HasSubstr("verger model add FILE --name net --replace"));
  WriteFileAtomically(entry.file, "byte");
  EXPECT_THAT(FailureOf([&] { BytesOf("net"); }).what(), HasSubstr("4 bytes instead of 5"));
  std::filesystem::remove(entry.file);
  EXPECT_THAT(FailureOf([&] { BytesOf("net"); }).what(), HasSubstr("is missing"));
  store_.Add(Entry("net"), "bytes", false);  // the remedy
  EXPECT_EQ(BytesOf("net"), "bytes");
}

TEST_F(Store, RefusesADamagedJsonAtEveryLength) {
  store_.Add(Entry("net"), "bytes", false);
  const auto path = store_.folder() / "net.json";
  const std::string whole = ReadFile(path);
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    WriteFileAtomically(path, whole.substr(0, length));
    EXPECT_EQ(FailureOf([&] { store_.Find("net"); }).exit(), Exit::kBadInput) << length;
  }
  std::vector<std::string> damaged;
  EXPECT_THAT(store_.List(&damaged), IsEmpty());
  EXPECT_THAT(damaged, testing::ElementsAre(HasSubstr("'net' is damaged")));
}

TEST_F(Store, DoesNotFollowAJsonOutOfTheFolder) {
  store_.Add(Entry("net"), "bytes", false);
  const auto path = store_.folder() / "net.json";
  for (const auto& [key, value] :
       {std::pair("file", "../../secret.onnx"), {"name", "other"}, {"sha256", "../../../x"}}) {
    auto json = ParseJson(ReadFile(path));
    json[key] = value;
    const std::string sound = ReadFile(path);
    WriteFileAtomically(path, FormatJson(json));
    EXPECT_THROW(store_.Find("net"), Failure) << key;
    WriteFileAtomically(path, sound);
  }
  auto newer = ParseJson(ReadFile(path));
  newer["version"] = 2;
  WriteFileAtomically(path, FormatJson(newer));
  EXPECT_THAT(FailureOf([&] { store_.Find("net"); }).what(), HasSubstr("newer verger"));
}

TEST_F(Store, RefusesNamesThatAreNone) {
  EXPECT_EQ(FailureOf([&] { store_.Add(Entry("../net"), "x", false); }).exit(), Exit::kUsage);
  EXPECT_EQ(FailureOf([&] { store_.Add(Entry("efficientnet-lite2"), "x", false); }).exit(),
            Exit::kUsage);
  EXPECT_FALSE(std::filesystem::exists(store_.folder()));
}

TEST_F(Store, ReadsEntryAndBytesOfOneVersion) {
  constexpr int kTimes = 40;
  auto add = [&](int version) {
    ModelEntry entry = Entry("net");
    entry.dimension = version;
    store_.Add(std::move(entry), std::to_string(version), true);
  };
  add(0);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      for (int version = 1; version <= kTimes; ++version) add(version);
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  do {
    const auto stored = store_.Read("net");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->entry.sha256, Sha256Hex(stored->bytes));
    EXPECT_EQ(std::to_string(stored->entry.dimension), stored->bytes);
  } while (::waitpid(child, &status, WNOHANG) == 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(BytesOf("net"), std::to_string(kTimes));
}

TEST_F(Store, SurvivesManyProcessesAtOnce) {
  constexpr int kProcesses = 4;
  constexpr int kTimes = 10;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        for (int j = 0; j < kTimes; ++j) {
          const std::string bytes = std::to_string(i * kTimes + j);
          store_.Add(Entry("net"), bytes, true);
          BytesOf("net");  // somebody's, but whole
        }
        ::_exit(0);
      } catch (...) {
        ::_exit(1);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_NO_THROW(BytesOf("net"));
  int files = 0;  // the lock, the json, one model
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(store_.folder())) {
    ++files;
  }
  EXPECT_EQ(files, 3);
}

}  // namespace
}  // namespace verger::cli
