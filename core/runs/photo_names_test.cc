#include "core/runs/photo_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/runs/printable.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Paths(std::span<const WalkedName> walked) {
  std::vector<std::string> paths;
  for (const WalkedName& name : walked) paths.push_back(name.path);
  return paths;
}

std::vector<std::string> Walked(std::vector<std::string_view> files, std::string_view folder = "") {
  std::vector<RawName> names;
  for (const std::string_view file : files) names.push_back({file});
  return Paths(WalkNames(folder, names));
}

TEST(PhotoNames, AreToldByTheirEndings) {
  for (const char* name : {"a.jpg", "A.JPEG", "x.y.png", "phone.HEIC", "scan.tif", " .webp"}) {
    EXPECT_TRUE(IsPhotoName(name)) << name;
  }
  for (const char* name : {"", "jpg", ".jpg", "a.txt", "a.jpg.bak", "a.jpg ", "a.jp"}) {
    EXPECT_FALSE(IsPhotoName(name)) << name;
  }
}

TEST(PhotoNames, LabelsAreFolders) {
  EXPECT_EQ(LabelOf("Fruits/Apple/a.jpg", "root"), "Apple");
  EXPECT_EQ(LabelOf("a.jpg", "root"), "root");
  EXPECT_EQ(LabelOf("Apple//a.jpg", "root"), "Apple");
  EXPECT_EQ(LabelOf("/a.jpg", "root"), "root");
}

TEST(PhotoNames, FoldersComeWhereTheirPathsDo) {
  const std::vector<RawName> names = {{"a", true},     {"a.jpg"},       {"a-b.jpg"},  {"a!", true},
                                      {"a0.jpg"},      {"a b.jpg"},     {"notes.md"}, {"b", true},
                                      {"a.jpg", true}, {"\xC3\xA9.jpg"}};
  EXPECT_THAT(Paths(WalkNames("in", names)),
              ElementsAre("in/a b.jpg", "in/a!", "in/a-b.jpg", "in/a.jpg", "in/a.jpg", "in/a",
                          "in/a0.jpg", "in/b", "in/\xC3\xA9.jpg"));
}

// All names that print as \xff\xff.jpg, and one that would stand among the changed ones.
TEST(PhotoNames, GivesNamesThatPrintAlikePathsOfTheirOwn) {
  const std::vector<RawName> names = {{"\xff\xff.jpg"},          {"\\xff\xff.jpg"},
                                      {"\xff\\xff.jpg"},         {"\\xff\\xff.jpg"},
                                      {"\\xff\\xff.jpg (a.jpg"}, {"\\xff\\xff.jpg"}};
  const std::vector<WalkedName> walked = WalkNames("", names);
  EXPECT_THAT(Paths(walked),
              ElementsAre("\\xff\\xff.jpg", "\\xff\\xff.jpg (a.jpg", "\\xff\\xff.jpg (another 2)",
                          "\\xff\\xff.jpg (another 3)", "\\xff\\xff.jpg (another)"));
  ASSERT_EQ(walked.size(), 5U) << "equal bytes are one file";
  EXPECT_EQ(names[static_cast<std::size_t>(walked[0].row)].name, "\\xff\\xff.jpg")
      << "the first in the order of bytes keeps its path";
  EXPECT_THAT(walked[0].problem, IsEmpty()) << "and is plain text here";
  EXPECT_EQ(walked[4].row, 1);
  EXPECT_EQ(walked[2].row, 2);
  EXPECT_EQ(walked[3].row, 0);
  for (const std::size_t other : {2, 3, 4}) {
    EXPECT_THAT(walked[other].problem, HasSubstr("looks the same: rename"));
  }
}

TEST(PhotoNames, FoldersThatPrintAlikeAreOne) {
  const std::vector<RawName> folders = {{"\xff", true}, {"b.jpg"}, {"\\xff", true}};
  EXPECT_THAT(Paths(WalkNames("", folders)), ElementsAre("\\xff", "\\xff", "b.jpg"));
  EXPECT_THAT(Walked({"\xff/a.jpg", "\\xff/b.jpg", "\\xff/a.jpg"}),
              ElementsAre("\\xff/a.jpg", "\\xff/a.jpg (another)", "\\xff/b.jpg"));
}

TEST(PhotoNames, AFoldersOddNameIsNoFaultOfThePhoto) {
  const std::vector<RawName> names = {{"\xe9/good.jpg"}, {"a/\xe9.jpg"}};
  const std::vector<WalkedName> walked = WalkNames("", names);
  ASSERT_THAT(Paths(walked), ElementsAre("\\xe9/good.jpg", "a/\\xe9.jpg"));
  EXPECT_THAT(walked[0].problem, IsEmpty());
  EXPECT_THAT(walked[1].problem, HasSubstr("not plain UTF-8 text: rename"));
}

// A walk, folder by folder, gives what sorting whole paths gives.
TEST(PhotoNames, AWalkMeetsPathsInAscendingOrder) {
  std::mt19937 random(7);
  const std::vector<std::string> pieces = {"a",    "b", ".", "-",    "!",        " ",
                                           "\xff", "0", "~", "\x01", "\xC3\xA9", "\\xff"};
  const auto piece = [&] { return pieces[random() % pieces.size()]; };
  std::set<std::string> tree;
  for (int i = 0; i < 2000; ++i) {
    std::string file;
    for (auto depth = random() % 4; depth > 0; --depth) file += "d" + piece() + piece() + "/";
    tree.insert(file + piece() + piece() + ".jpg");
  }

  const auto walk = [&](const auto& self, const std::vector<std::string>& folders,
                        std::vector<std::string>* paths) -> void {
    std::set<std::pair<std::string, bool>> entries;  // below the root, as they are
    for (const std::string& file : tree) {
      for (const std::string& folder : folders) {
        if (!file.starts_with(folder)) continue;
        const std::size_t slash = file.find('/', folder.size());
        entries.emplace(file.substr(0, slash), slash != std::string::npos);
      }
    }
    std::vector<RawName> names;
    for (const auto& [name, folder] : entries) names.push_back({name, folder});
    const std::vector<WalkedName> walked = WalkNames("", names);
    for (std::size_t i = 0; i < walked.size(); ++i) {
      const RawName& name = names[static_cast<std::size_t>(walked[i].row)];
      if (!name.folder) {
        paths->push_back(walked[i].path);
        continue;
      }
      std::vector<std::string> alike = {std::string(name.name) + "/"};
      for (; i + 1 < walked.size() && walked[i + 1].path == walked[i].path &&
             names[static_cast<std::size_t>(walked[i + 1].row)].folder;
           ++i) {
        alike.push_back(std::string(names[static_cast<std::size_t>(walked[i + 1].row)].name) + "/");
      }
      self(self, alike, paths);
    }
  };
  std::vector<std::string> paths;
  walk(walk, {""}, &paths);
  EXPECT_EQ(paths.size(), tree.size());
  EXPECT_EQ(std::adjacent_find(paths.begin(), paths.end(), std::greater_equal<>()), paths.end());
  std::vector<RawName> whole;
  for (const std::string& file : tree) whole.push_back({file});
  EXPECT_EQ(paths, Paths(WalkNames("", whole)));
}

}  // namespace
}  // namespace verger
