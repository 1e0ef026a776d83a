#include "core/tune/accuracy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using Texts = std::vector<std::string>;

TEST(GroupPhotos, TakesFramesOfOneSeriesTogether) {
  const Texts paths = {"A/0_100.jpg", "A/17_100.jpg", "A/r0_100.jpg", "B/x1.jpg", "B/y1.jpg"};
  const Texts labels = {"A", "A", "A", "B", "B"};
  const PhotoGroups groups = GroupPhotos(paths, labels);
  EXPECT_THAT(groups.labels, ElementsAre(0, 0, 0, 1, 1));
  EXPECT_EQ(groups.groups[0], groups.groups[1]);
  EXPECT_NE(groups.groups[0], groups.groups[2]);
  EXPECT_NE(groups.groups[3], groups.groups[4]);
  EXPECT_EQ(groups.group_count, 4);
  EXPECT_THAT(groups.classed, ElementsAre(true, true, true, true, true));
}

TEST(GroupPhotos, TakesNoSeriesAcrossLabels) {
  const PhotoGroups groups = GroupPhotos(Texts{"A/1.jpg", "B/2.jpg"}, Texts{"A", "B"});
  EXPECT_NE(groups.groups[0], groups.groups[1]);
}

TEST(GroupPhotos, TakesEachPhotoOfALabelOfOneSeriesAlone) {
  const PhotoGroups groups =
      GroupPhotos(Texts{"A/IMG_1.jpg", "A/IMG_22.jpg", "B/IMG_3.jpg"}, Texts{"A", "A", "B"});
  EXPECT_NE(groups.groups[0], groups.groups[1]);
  EXPECT_EQ(groups.group_count, 3);
  EXPECT_THAT(groups.classed, ElementsAre(true, true, false)) << "nothing is left of B without it";
}

// Angles in degrees to features of two numbers: they differ by direction alone.
std::vector<float> OnACircle(const std::vector<double>& angles) {
  std::vector<float> features;
  float length = 1;
  for (const double angle : angles) {
    features.push_back(length * static_cast<float>(std::cos(angle * 3.14159265 / 180)));
    features.push_back(length * static_cast<float>(std::sin(angle * 3.14159265 / 180)));
    length *= 2;
  }
  return features;
}

TEST(NearestCentroidHits, IgnoresLength) {
  const Texts paths = {"A/a.jpg", "A/b.jpg", "B/a.jpg", "B/b.jpg"};
  const Texts labels = {"A", "A", "B", "B"};
  EXPECT_THAT(NearestCentroidHits(OnACircle({0, 5, 80, 90}), 2, GroupPhotos(paths, labels)),
              ElementsAre(true, true, true, true));
}

TEST(NearestCentroidHits, LearnsNothingFromFramesBeside) {
  // Both series of A lie apart; each frame is near its own series, which must not help.
  const Texts paths = {"A/a1.jpg", "A/a2.jpg", "A/b1.jpg", "A/b2.jpg", "B/a.jpg", "B/b.jpg"};
  const Texts labels = {"A", "A", "A", "A", "B", "B"};
  EXPECT_THAT(NearestCentroidHits(OnACircle({0, 1, 90, 91, 44, 46}), 2, GroupPhotos(paths, labels)),
              ElementsAre(false, false, false, false, true, true));
}

TEST(NearestCentroidHits, TakesRowsOfZeros) {
  const Texts paths = {"A/a.jpg", "A/b.jpg", "B/a.jpg", "B/b.jpg"};
  const Texts labels = {"A", "A", "B", "B"};
  const std::vector<float> features = {0, 0, 1, 0, 0, 1, 0, 1};
  EXPECT_THAT(NearestCentroidHits(features, 2, GroupPhotos(paths, labels)), SizeIs(4));
}

TEST(NearestCentroidHits, KnowsOneLabelAlone) {
  const PhotoGroups groups = GroupPhotos(Texts{"A/a.jpg", "A/b.jpg"}, Texts{"A", "A"});
  EXPECT_THAT(NearestCentroidHits(OnACircle({0, 90}), 2, groups), ElementsAre(true, true));
  EXPECT_THAT(NearestCentroidHits({}, 2, GroupPhotos({}, {})), SizeIs(0));
}

}  // namespace
}  // namespace verger
