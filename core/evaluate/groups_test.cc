#include "core/evaluate/groups.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Texts = std::vector<std::string>;

TEST(GroupRows, TakesSeriesTogether) {
  const Texts paths = {"A/0_100.jpg", "A/17_100.jpg", "A/r_5_100.jpg", "A/r_6_100.jpg", "B/x1.jpg"};
  const Texts labels = {"A", "A", "A", "A", "B"};
  EXPECT_THAT(GroupRows(paths, labels), ElementsAre(0, 0, 1, 1, 2));
}

TEST(GroupRows, CutsTheOnlySeriesOfALabelIntoBlocks) {
  Texts paths;
  for (int frame = 0; frame < 80; ++frame) paths.push_back(fmt::format("A/{}.jpg", frame));
  std::swap(paths[3], paths[77]);
  const std::vector<int> groups = GroupRows(paths, Texts(80, "A"));
  EXPECT_EQ(*std::max_element(groups.begin(), groups.end()), kBlocks - 1);
  EXPECT_EQ(groups[77], groups[0]) << "frame 3: blocks are of frames, not of rows";
  EXPECT_EQ(groups[0], groups[9]);
  EXPECT_NE(groups[9], groups[10]);
  EXPECT_EQ(std::count(groups.begin(), groups.end(), groups[0]), 10);
}

TEST(GroupRows, CutsASeriesThatLeavesHardlyAnything) {
  Texts paths = {"A/cover.jpg"};
  for (int frame = 0; frame < 16; ++frame) paths.push_back(fmt::format("A/{}.jpg", frame));
  const std::vector<int> groups = GroupRows(paths, Texts(17, "A"));
  EXPECT_EQ(*std::max_element(groups.begin(), groups.end()), kBlocks);
}

TEST(GroupRows, TakesEachOfAFewPhotosAlone) {
  EXPECT_THAT(GroupRows(Texts{"A/IMG_1.jpg", "A/IMG_22.jpg", "B/IMG_3.jpg"}, Texts{"A", "A", "B"}),
              ElementsAre(0, 1, 2));
}

TEST(GroupRows, JoinsDuplicatesWhateverTheirNamesAndLabels) {
  const Texts paths = {"A/a.jpg", "A/b.jpg", "B/c.jpg", "B/d.jpg"};
  const Texts labels = {"A", "A", "B", "B"};
  const std::array<RowPair, 2> pairs = {RowPair{3, 1}, RowPair{0, 3}};
  EXPECT_THAT(GroupRows(paths, labels, pairs), ElementsAre(0, 0, 1, 0));
}

TEST(GroupRowsByPattern, TakesTheFirstCapture) {
  const Texts paths = {"A/tray1_x.jpg", "B/tray1_y.jpg", "B/tray12_y.jpg"};
  EXPECT_THAT(GroupRowsByPattern(paths, "tray(\\d+)").value(), ElementsAre(0, 0, 1));
  EXPECT_THAT(GroupRowsByPattern(paths, "tray(?:\\d+)_(x|y)").value(), ElementsAre(0, 1, 1));
  EXPECT_THAT(GroupRowsByPattern(paths, "_[xy]").value(), ElementsAre(0, 1, 1)) << "no capture";
  EXPECT_THAT(GroupRowsByPattern(paths, "(1_)|(.)\\.jpg").value(), ElementsAre(0, 0, 1))
      << "the capture that took part";
}

TEST(GroupRowsByPattern, TakesAFolderAboveTheLabel) {
  const Texts paths = {"day1/A/a.jpg", "day1/B/b.jpg", "day2/A/c.jpg"};
  EXPECT_THAT(GroupRowsByPattern(paths, "folder:1").value(), ElementsAre(0, 0, 1));
}

TEST(GroupRowsByPattern, RefusesWhatDoesNotFit) {
  const Texts paths = {"A/tray1.jpg", "A/other.jpg", "A/more.jpg"};
  EXPECT_THAT(GroupRowsByPattern(paths, "tray(\\d+)").error().message,
              HasSubstr("does not fit 2 of 3 paths, first A/other.jpg"));
  EXPECT_THAT(GroupRowsByPattern(paths, "folder:1").error().message, HasSubstr("3 of 3"));
  EXPECT_THAT(GroupRowsByPattern(paths, "folder:0").error().message, HasSubstr("from 1"));
  EXPECT_THAT(GroupRowsByPattern(paths, "folder:x").error().message, HasSubstr("from 1"));
  EXPECT_THAT(GroupRowsByPattern(paths, "(").error().message, HasSubstr("no regular expression"));
}

}  // namespace
}  // namespace verger
