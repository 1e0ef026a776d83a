#include "cli/photos/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "cli/base/library.h"
#include "cli/base/scratch_folder.h"
#include "cli/storage/folder.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

class SampleTest : public ::testing::Test {
 protected:
  SampleTest() {
    for (int photo = 0; photo < 200; ++photo) {
      const fs::path folder = root_ / ("label " + std::to_string(photo % 5));
      fs::create_directories(folder);
      std::ofstream(folder / (std::to_string(photo) + ".jpg")) << "bytes of " << photo;
    }
  }

  std::vector<SampledPhoto> Sample(std::size_t max_photos) {
    return SamplePhotos(Folder(root_.string()), Folder("nowhere"), false, max_photos, &listed_);
  }
  std::vector<std::string> Paths(std::size_t max_photos) {
    std::vector<std::string> paths;
    for (const SampledPhoto& photo : Sample(max_photos)) paths.push_back(photo.path);
    return paths;
  }
  // By sorting all of them.
  std::vector<std::string> LeastRanked(std::size_t max_photos) {
    std::vector<std::pair<std::uint64_t, std::string>> ranked;
    for (const std::string& path : Paths(200)) {
      ranked.emplace_back(verger_sample_rank(Borrowed(path)), path);
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < max_photos; ++i) paths.push_back(ranked[i].second);
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  const ScratchFolder scratch_;
  const fs::path root_ = scratch_.path();
  std::int64_t listed_ = 0;
};

TEST_F(SampleTest, TakesTwelvePhotosOfEachOfSomeLabels) {
  const auto sample = SampleLabels(Folder(root_.string()), Folder("nowhere"), false, 30, &listed_);
  EXPECT_EQ(listed_, 200);
  ASSERT_EQ(sample.size(), 30U);
  std::map<std::string, int> photos;
  for (const SampledPhoto& photo : sample) ++photos[photo.label];
  // Of the two labels of least rank; the six others are of any.
  int whole = 0;
  for (const auto& [label, count] : photos) whole += count >= 12 ? 1 : 0;
  EXPECT_EQ(whole, 2);
  EXPECT_TRUE(std::ranges::is_sorted(sample, {}, &SampledPhoto::path));
  // Fewer labels than that: filled up by rank, each photo once.
  std::set<std::string> paths;
  for (const auto& photo :
       SampleLabels(Folder(root_.string()), Folder("nowhere"), false, 190, &listed_)) {
    paths.insert(photo.path);
  }
  EXPECT_EQ(paths.size(), 190U);
}

TEST_F(SampleTest, TakesThePhotosOfLeastRankInOrderOfPaths) {
  EXPECT_EQ(Paths(1000).size(), 200U);
  EXPECT_EQ(listed_, 200);
  EXPECT_THAT(Paths(40), ElementsAreArray(LeastRanked(40)));
  EXPECT_EQ(listed_, 200);
  EXPECT_THAT(Paths(0), IsEmpty());
}

TEST_F(SampleTest, HasPathLabelAndBytes) {
  for (const SampledPhoto& photo : Sample(10)) {
    const fs::path path = photo.path;
    EXPECT_EQ(photo.label, path.parent_path());
    EXPECT_EQ(photo.content, "bytes of " + path.stem().string());
  }
}

TEST_F(SampleTest, PassesOverWhatCannotBeRead) {
  const std::vector<std::string> least = LeastRanked(11);
  fs::remove(root_ / least[3]);
  fs::create_symlink("nowhere", root_ / least[3]);  // a photo with a problem
  std::vector<std::string> others = least;
  others.erase(others.begin() + 3);
  EXPECT_THAT(Paths(10), ElementsAreArray(others));
}

TEST_F(SampleTest, StaysMostlyTheSameWhenPhotosAreAdded) {
  const std::vector<std::string> before = Paths(40);
  std::ofstream(root_ / "label 0" / "new.jpg") << "x";
  std::vector<std::string> stayed;
  const std::vector<std::string> after = Paths(40);
  std::set_intersection(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(stayed));
  EXPECT_GE(stayed.size(), 39U);
}

}  // namespace
}  // namespace verger::cli
