#include "core/runs/photo_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/runs/printable.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// With hidden ones, which some of these names are.
std::vector<WalkedName> WalkAll(std::string_view folder, std::span<const RawName> names) {
  ListingCounts counts;
  return WalkNames(folder, names, true, &counts);
}

std::vector<std::string> Paths(std::span<const WalkedName> walked) {
  std::vector<std::string> paths;
  for (const WalkedName& name : walked) paths.push_back(name.path);
  return paths;
}

std::vector<std::string> Walked(std::vector<std::string_view> files, std::string_view folder = "") {
  std::vector<RawName> names;
  for (const std::string_view file : files) names.push_back({file});
  return Paths(WalkAll(folder, names));
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
  EXPECT_THAT(Paths(WalkAll("in", names)),
              ElementsAre("in/a b.jpg", "in/a!", "in/a-b.jpg", "in/a.jpg", "in/a.jpg", "in/a",
                          "in/a0.jpg", "in/b", "in/\xC3\xA9.jpg"));
}

// All names that print as \xff\xff.jpg, and one that would stand among the changed ones.
TEST(PhotoNames, GivesNamesThatPrintAlikePathsOfTheirOwn) {
  const std::vector<RawName> names = {{"\xff\xff.jpg"},          {"\\xff\xff.jpg"},
                                      {"\xff\\xff.jpg"},         {"\\xff\\xff.jpg"},
                                      {"\\xff\\xff.jpg (a.jpg"}, {"\\xff\\xff.jpg"}};
  const std::vector<WalkedName> walked = WalkAll("", names);
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
  EXPECT_THAT(Paths(WalkAll("", folders)), ElementsAre("\\xff", "\\xff", "b.jpg"));
  EXPECT_THAT(Walked({"\xff/a.jpg", "\\xff/b.jpg", "\\xff/a.jpg"}),
              ElementsAre("\\xff/a.jpg", "\\xff/a.jpg (another)", "\\xff/b.jpg"));
}

TEST(PhotoNames, AFoldersOddNameIsNoFaultOfThePhoto) {
  const std::vector<RawName> names = {{"\xe9/good.jpg"}, {"a/\xe9.jpg"}};
  const std::vector<WalkedName> walked = WalkAll("", names);
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
    const std::vector<WalkedName> walked = WalkAll("", names);
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
  EXPECT_EQ(paths, Paths(WalkAll("", whole)));
}

struct Listing {
  std::vector<std::string> paths;
  std::string passed_over;
};

Listing See(const std::vector<std::string>& files, std::string_view folder = "",
            bool include_hidden = false) {
  std::vector<RawName> names;
  for (const std::string& file : files) names.push_back({file});
  ListingCounts counts;
  Listing listing{Paths(WalkNames(folder, names, include_hidden, &counts)), ""};
  listing.passed_over = CountsText(counts.passed_over);
  return listing;
}

TEST(PassedOver, SideFilesCopiesAndTrash) {
  const std::vector<std::string> files = {"a/1.jpg",
                                          "a/._1.jpg",
                                          "__MACOSX/a/._1.jpg",
                                          ".AppleDouble/1.jpg",
                                          "a/.ipynb_checkpoints/1-checkpoint.jpg",
                                          ".trashed-1700000000-2.jpg",
                                          ".Trash-1000/files/3.png",
                                          ".@__thumb/s1001.jpg",
                                          "a/@eaDir/1.jpg/SYNOPHOTO_THUMB_XL.jpg",
                                          "#recycle/1.jpg",
                                          "$RECYCLE.BIN/S-1-5-21/$R1.jpg",
                                          "System Volume Information/1.jpg",
                                          "lost+found/#1.jpg",
                                          "Previews.lrdata/0/1.jpg",
                                          "M4ROOT/THMBNL/C0001T01.JPG",
                                          "My.photoslibrary/resources/derivatives/1.jpg",
                                          "My.photoslibrary/originals/0/2.jpg",
                                          "recycled/4.jpg"};
  const Listing listing = See(files);
  EXPECT_THAT(listing.paths,
              ElementsAre("My.photoslibrary/originals/0/2.jpg", "a/1.jpg", "recycled/4.jpg"));
  EXPECT_EQ(listing.passed_over, "3 side files of Macs, 4 hidden files, 8 files in system folders");
  EXPECT_EQ(See(files, "", true).paths.size(), files.size());
}

TEST(PassedOver, ByTheFolderOfAWalkAsByThatOfAKey) {
  EXPECT_EQ(See({"1.jpg", "notes.txt"}, "a/@eaDir").passed_over, "1 file in system folders");
  EXPECT_EQ(See({"resources/1.jpg"}, "My.photoslibrary").passed_over, "1 file in system folders");
  ListingCounts counts;
  const std::vector<RawName> folders = {{".git", true}, {"a", true}, {"lost+found", true}};
  const std::vector<WalkedName> walked = WalkNames("in", folders, false, &counts);
  ASSERT_THAT(Paths(walked), ElementsAre("in/.git", "in/a", "in/lost+found"));
  EXPECT_THAT(walked[0].problem, HasSubstr("passed over"));
  EXPECT_THAT(walked[1].problem, IsEmpty());
  EXPECT_THAT(walked[2].problem, HasSubstr("passed over"));
}

// Cameras of any make; Google's phones; bands of DJI, Parrot and MicaSense.
TEST(PassedOver, ImagesBesideTheirPhoto) {
  for (const char* other :
       {"IMG_1.CR2", "IMG_1.nef", "IMG_1.RAF", "IMG_1.x3f", "IMG_1.HEIC", "IMG_1.HIF", "IMG_1.avif",
        "IMG_1.jxl", "IMG_1.tif", "IMG_1_5.TIF", "IMG_1_10.tif"}) {
    EXPECT_THAT(See({"a/IMG_1.JPG", std::string("a/") + other}).paths, ElementsAre("a/IMG_1.JPG"))
        << other;
    EXPECT_EQ(See({"b/IMG_1.JPG", std::string("a/") + other}).paths.size(), 2U) << other;
    EXPECT_EQ(See({"a/IMG_2.JPG", std::string("a/") + other}).paths.size(), 2U) << other;
  }
  for (const auto& [photo, other] : std::vector<std::pair<const char*, const char*>>{
           {"PXL_1.RAW-01.COVER.jpg", "PXL_1.RAW-02.ORIGINAL.dng"},  // "photoprism#3954"
           {"PXL_1.RAW-01.MP.COVER.jpg", "PXL_1.RAW-02.ORIGINAL.dng"},
           {"PXL_1.MP.jpg", "PXL_1.dng"},  // "pulsejet/memories#927"
           {"IMG_1.CR2.jpg", "IMG_1.CR2"},
           {"DJI_20240501_0001_D.JPG", "DJI_20240501_0001_MS_NIR.TIF"},
           {"IMG_170515_0000_RGB.JPG", "IMG_170515_0000_GRE.TIF"},
           {"DJI_0010.JPG", "DJI_0015.TIF"}}) {
    const Listing listing = See({photo, other});
    EXPECT_THAT(listing.paths, ElementsAre(photo)) << other;
    EXPECT_TRUE(std::string_view(other).starts_with(ShotPrefix(photo))) << ShotPrefix(photo);
    EXPECT_TRUE(std::string_view(photo).starts_with(ShotPrefix(other))) << ShotPrefix(other);
  }
}

TEST(PassedOver, VideosAlways) {
  const Listing listing = See({"a.MOV", "b.mp4", "b.jpg", "c.txt"});
  EXPECT_THAT(listing.paths, ElementsAre("b.jpg"));
  EXPECT_EQ(listing.passed_over, "2 videos");
}

}  // namespace
}  // namespace verger
