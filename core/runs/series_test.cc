#include "core/runs/series.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace verger {
namespace {

using ::testing::ElementsAre;

using Texts = std::vector<std::string>;

PhotoSeries OfOneLabel(const Texts& paths) { return FindSeries(paths, Texts(paths.size(), "A")); }

TEST(FindSeries, TakesNamesThatDifferInTheFrame) {
  const PhotoSeries all =
      FindSeries(Texts{"A/12_100.jpg", "B/9_100.jpg", "A/9_100.jpg"}, Texts{"A", "B", "A"});
  EXPECT_THAT(all.labels, ElementsAre(0, 1, 0));
  EXPECT_EQ(all.series[0], all.series[2]);
  EXPECT_NE(all.series[0], all.series[1]) << "a series has one label";
  EXPECT_THAT(all.places, ElementsAre(1, 0, 0)) << "9 comes before 12";
  EXPECT_EQ(all.label_count, 2);
  EXPECT_EQ(all.series_count, 2);
}

TEST(FindSeries, TellsTheAxesOfFruits360Apart) {
  Texts paths;
  for (const char* axis : {"r0_", "r1_", "r2_", "r_", ""}) {
    for (int frame = 0; frame < 200; frame += 4) {
      paths.push_back(fmt::format("A/{}{}_100.jpg", axis, frame));
    }
  }
  const PhotoSeries all = OfOneLabel(paths);
  EXPECT_EQ(all.series_count, 5);
  for (std::size_t photo = 0; photo < paths.size(); ++photo) {
    EXPECT_EQ(all.series[photo], all.series[photo / 50 * 50]) << paths[photo];
    EXPECT_EQ(all.places[photo], static_cast<int>(photo % 50)) << paths[photo];
  }
}

TEST(FindSeries, TakesTheLastNumberForTheFrame) {
  Texts paths;
  for (int tray = 1; tray <= 30; ++tray) {
    for (int photo = 1; photo <= 4; ++photo) {
      paths.push_back(fmt::format("A/tray{}_{}.jpg", tray, photo));
    }
  }
  EXPECT_EQ(OfOneLabel(paths).series_count, 30) << "though there are more trays than photos of one";
}

TEST(FindSeries, TakesNoSizeForTheFrame) {
  Texts paths;
  for (int frame = 0; frame < 40; ++frame) {
    paths.push_back(fmt::format("A/{}_{}x{}.jpg", frame, 80 + frame * 7 % 30, 80 + frame % 9));
  }
  const PhotoSeries all = OfOneLabel(paths);
  EXPECT_EQ(all.series_count, 1) << "else each photo would be a series";
  for (int frame = 0; frame < 40; ++frame) {
    EXPECT_EQ(all.places[static_cast<std::size_t>(frame)], frame);
  }
}

TEST(FindSeries, LooksAtFileNamesAlone) {
  EXPECT_EQ(OfOneLabel({"1/A/x_1.jpg", "2/A/x_2.jpg"}).series_count, 1);
  EXPECT_EQ(OfOneLabel({"A/x1.jpg", "A/y1.jpg"}).series_count, 2);
}

TEST(FindSeries, ReadsNumbersOfAnySize) {
  const PhotoSeries all = OfOneLabel({"A/100000000000000000000000000002.jpg", "A/007.jpg",
                                      "A/100000000000000000000000000001.jpg"});
  EXPECT_THAT(all.places, ElementsAre(2, 0, 1));
}

TEST(FindSeries, TakesNothing) { EXPECT_EQ(FindSeries({}, {}).series_count, 0); }

}  // namespace
}  // namespace verger
