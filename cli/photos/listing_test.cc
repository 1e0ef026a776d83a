#include "cli/photos/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "cli/base/error.h"
#include "cli/base/scratch_folder.h"
#include "cli/storage/folder.h"
#include "cli/storage/listed_photos.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ListingTest : public ::testing::Test {
 protected:
  ListingTest() { fs::create_directories(root_); }

  void Put(const std::string& path, const std::string& bytes = "x") {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << bytes;
  }
  std::vector<std::string> Paths() {
    std::vector<std::string> paths;
    for (const Photo& photo : ListPhotos(Folder(root_.string()), Folder("nowhere")))
      paths.push_back(photo.path);
    return paths;
  }

  const ScratchFolder scratch_;
  const fs::path root_ = scratch_.path() / "Fruits";
};

TEST_F(ListingTest, FindsPhotosSortedWithTheirLabels) {
  Put("Apple/Apple Red 1/b.jpg", "12345");
  Put("Apple/Apple Red 1/a.PNG");
  Put("Pear/é #+%.webp");
  Put("loose.jpeg");
  Put("README.md");
  Put(".hidden");
  const std::vector<Photo> photos = ListPhotos(Folder(root_.string()), Folder("nowhere"));
  EXPECT_THAT(Paths(), ElementsAre("Apple/Apple Red 1/a.PNG", "Apple/Apple Red 1/b.jpg",
                                   "Pear/é #+%.webp", "loose.jpeg"));
  EXPECT_EQ(photos[1].label, "Apple Red 1");
  EXPECT_EQ(photos[1].size, 5);
  EXPECT_GT(photos[1].modified, 0);
  EXPECT_EQ(photos[3].label, "Fruits") << "a photo of no folder bears the name of the whole";
}

TEST_F(ListingTest, TakesImagesOfOtherFormatsWithoutTheirPhotoSoThatTheyAreRejected) {
  Put("a/phone.HEIC");
  Put("a/scan.tif");
  EXPECT_THAT(Paths(), ElementsAre("a/phone.HEIC", "a/scan.tif"));
}

TEST_F(ListingTest, PassesOverWhatIsNoPhotoOfTheUsersAndCountsIt) {
  for (const char* name : {"a/1.jpg", "a/._1.jpg", "a/@eaDir/1.jpg/THUMB.jpg", ".git/2.png",
                           "a/1.NEF", "a/clip.mov", "a/notes.txt"}) {
    Put(name);
  }
  const Folder place(root_.string());
  const Folder nowhere("nowhere");
  for (const bool include_hidden : {false, true}) {
    const auto stream = OpenListing(place, nowhere, include_hidden);
    std::int64_t rows = 0;
    while (const auto batch = stream->Next()) rows += batch->num_rows();
    EXPECT_EQ(rows, include_hidden ? 4 : 1);
    const auto& counts = stream->counts();
    EXPECT_EQ(counts.listed[VERGER_KIND_PHOTO], rows);
    EXPECT_EQ(counts.passed_over[VERGER_KIND_RAW], 1);
    EXPECT_EQ(counts.passed_over[VERGER_KIND_VIDEO], 1);
    for (const int kind : {VERGER_KIND_MAC_SIDE_FILE, VERGER_KIND_HIDDEN, VERGER_KIND_SYSTEM}) {
      EXPECT_EQ(counts.passed_over[kind], include_hidden ? 0 : 1);
    }
  }
}

TEST_F(ListingTest, FollowsLinksButNotInACircle) {
  Put("a/1.jpg");
  fs::create_directory_symlink("..", root_ / "a" / "up");
  fs::create_directory_symlink("a", root_ / "b");
  EXPECT_THAT(Paths(), ElementsAre("a/1.jpg", "b/1.jpg"));
}

TEST_F(ListingTest, SkipsTheOutput) {
  Put("a/1.jpg");
  Put("out/report.png");
  EXPECT_EQ(ListPhotos(Folder(root_.string()), Folder((root_ / "out").string())).size(), 1U);
}

TEST_F(ListingTest, NeverOpensWhatIsNoFile) {
  fs::create_directories(root_ / "a");
  ASSERT_EQ(mkfifo((root_ / "a" / "pipe.jpg").c_str(), 0600), 0);
  fs::create_symlink("nowhere", root_ / "a" / "dangling.jpg");
  const std::vector<Photo> photos = ListPhotos(Folder(root_.string()), Folder("nowhere"));
  ASSERT_EQ(photos.size(), 2U);
  EXPECT_THAT(photos[0].problem.str(), HasSubstr("not there"));
  EXPECT_EQ(photos[1].problem.str(), "not a regular file");
}

TEST_F(ListingTest, RejectsNamesThatAreNoText) {
  Put("a/\xff.jpg");
  Put("a/two\nlines.jpg");
  for (const Photo& photo : ListPhotos(Folder(root_.string()), Folder("nowhere"))) {
    EXPECT_THAT(photo.problem.str(), HasSubstr("rename"));
    EXPECT_TRUE(fs::exists(root_ / photo.name()));
  }
  EXPECT_THAT(Paths(), ElementsAre("a/\\xff.jpg", "a/two\\x0alines.jpg"));
}

TEST_F(ListingTest, StreamsPathsInTheOrderOfTheirBytes) {
  const std::vector<std::string> pieces = {"a",    "b",     ".a", "-",        "!",    " ", "0",
                                           "\xff", "\\xff", "~",  "\xC3\xA9", ".jpg", "A"};
  std::mt19937 random(11);
  const auto piece = [&] { return pieces[random() % pieces.size()]; };
  std::set<std::string> files = {"a.jpg",   "a/b.jpg",  "a-b.jpg",
                                 "a b.jpg", "a!/b.jpg", "a.jpg!/.png"};
  for (int i = 0; i < 300; ++i) {
    std::string file;
    for (auto depth = random() % 4; depth > 0; --depth) file += piece() + piece() + "d/";
    files.insert(file + piece() + piece() + ".jpg");
  }
  files.erase("a.jpg!/.png");  // no photo by its name
  for (const std::string& file : files) Put(file);
  std::vector<std::string> paths;
  std::set<std::string> opened;
  std::size_t plain = 0;
  const Folder place(root_.string());
  const Folder nowhere("nowhere");
  const auto stream = OpenListing(place, nowhere, /*include_hidden=*/true);
  while (auto batch = stream->Next()) {
    const ListedPhotos photos(std::move(batch));
    for (std::int64_t row = 0; row < photos.size(); ++row) {
      paths.emplace_back(photos[row].path);
      opened.emplace(photos[row].file);
      plain += files.count(std::string(photos[row].path));
    }
  }
  EXPECT_EQ(opened, files) << "each file once, by its own name";
  EXPECT_GT(plain, files.size() / 2);
  EXPECT_EQ(std::adjacent_find(paths.begin(), paths.end(), std::greater_equal<>()), paths.end());
}

TEST_F(ListingTest, StreamsInBatchesWhateverTheFolders) {
  for (int folder = 0; folder < 100; ++folder) {
    for (int photo = 0; photo < 100; ++photo) {
      Put(std::to_string(folder) + "/" + std::to_string(photo) + ".jpg");
    }
  }
  const Folder place(root_.string());
  const Folder nowhere("nowhere");
  const auto stream = OpenListing(place, nowhere);
  std::vector<std::int64_t> rows;
  while (const auto batch = stream->Next()) rows.push_back(batch->num_rows());
  EXPECT_THAT(rows, ElementsAre(4096, 4096, 1808));
}

TEST_F(ListingTest, TakesFoldersThatPrintAlikeForOne) {
  Put("\xff/b.jpg");
  Put("\\xff/a.jpg");
  Put("\xff/a.jpg");
  Put("\\xff/deep/c.jpg");
  fs::create_directory_symlink("..", root_ / "\xff" / "up");
  EXPECT_THAT(Paths(), ElementsAre("\\xff/a.jpg", "\\xff/a.jpg (another)", "\\xff/b.jpg",
                                   "\\xff/deep/c.jpg"));
}

TEST_F(ListingTest, GivesEachOfSeveralNamesThatPrintAlikeItsPath) {
  for (const char* name : {"\xff\xff.jpg", "\\xff\xff.jpg", "\xff\\xff.jpg", "\\xff\\xff.jpg"})
    Put(name);
  EXPECT_THAT(Paths(), ElementsAre("\\xff\\xff.jpg", "\\xff\\xff.jpg (another 2)",
                                   "\\xff\\xff.jpg (another 3)", "\\xff\\xff.jpg (another)"));
}

TEST_F(ListingTest, NamesAFolderThatIsNotThere) {
  try {
    ListPhotos(Folder((root_ / "nowhere").string()), Folder("nowhere"));
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kBadInput);
    EXPECT_THAT(failure.what(), HasSubstr("nowhere"));
  }
}

}  // namespace
}  // namespace verger::cli
