#include "core/runs/duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Variance 4, of which the first axis has half: the deviation is 2.
constexpr const char* kPca = R"({"explained_variance": [2], "explained_variance_ratio": [0.5]})";
constexpr const char* kResults1 = "Results/1";

Manifest Of() {
  Manifest manifest;
  manifest.model.dimension = 2;
  manifest.preprocessing = {{{"Preprocessing/1", 1, "11"}, 4, 0, "", ""},
                            {{"Preprocessing/2", 1, "22"}, 1, 1, "", ""}};
  manifest.reduction.emplace();
  manifest.reduction->components = 1;
  manifest.reduction->results = {{{{kResults1, 1, ""}, 4, 0, "", ""}, "11"},
                                 {{{"Results/2", 1, ""}, 1, 0, "", ""}, "22"}};
  return manifest;
}

const std::string kOne(64, '1'), kTwo(64, '2'), kThree(64, '3'), kFour(64, '4'), kFive(64, '5');

// Equal bytes: a/1, a/2 and b/1.
DuplicateFinder Finder(const DuplicatesOptions& options) {
  DuplicateFinder finder(Of(), options);
  EXPECT_TRUE(finder.AddPart({{"a/1", "a", kOne, false},
                              {"a/2", "a", kOne, false},
                              {"a/3", "a", kTwo, false},
                              {"b/1", "b", kOne, false}}));
  EXPECT_TRUE(finder.AddPart(
      {{"b/0", "b", "", true}, {"b/2", "b", kThree, false}, {"b/3", "b", kFour, true}}));
  return finder;
}

const std::vector<float> kZero = {0}, kHalf = {0.5F}, kFar = {9};

Status AddScores(DuplicateFinder& finder) {
  const Status first =
      finder.AddScores(kResults1, {"a/1", "a/2", "a/3", "b/1"}, {kZero, kZero, kHalf, kZero});
  return first ? finder.AddScores("Results/2", {"b/2"}, {kZero}) : first;
}

std::vector<std::string> PathsOf(const EqualPhotos& equal) {
  std::vector<std::string> paths;
  for (const NamedPhoto& photo : equal.photos) paths.push_back(photo.path);
  return paths;
}

TEST(DuplicatesTest, FindsPhotosOfEqualBytes) {
  DuplicateFinder finder = Finder({});
  const Duplicates duplicates = finder.Finish();
  EXPECT_EQ(duplicates.photos, 6) << "one was never read";
  ASSERT_EQ(duplicates.equal.size(), 1U);
  EXPECT_EQ(duplicates.equal[0].sha256, kOne);
  EXPECT_TRUE(duplicates.equal[0].across_labels);
  EXPECT_THAT(PathsOf(duplicates.equal[0]), ElementsAre("a/1", "a/2", "b/1"));
}

TEST(DuplicatesTest, MeasuresCandidatesByTheirFeatures) {
  DuplicateFinder finder = Finder({0.5, 100, false});
  ASSERT_TRUE(AddScores(finder));
  std::size_t compared = 0;
  ASSERT_TRUE(finder.Search(kPca, [&](std::size_t photos) { compared += photos; }));
  EXPECT_EQ(compared, 4U) << "a/2 is spare";
  ASSERT_THAT(*finder.NeededParts(), ElementsAre("Preprocessing/1", "Preprocessing/2"));
  const std::vector<float> origin = {0, 0}, near = {0.5F, 0}, far = {0, 1.5F};
  ASSERT_TRUE(finder.AddFeatures("Preprocessing/1", {origin, origin, near, origin}));
  ASSERT_TRUE(finder.AddFeatures("Preprocessing/2", {far}));
  EXPECT_THAT(*finder.NeededParts(), IsEmpty());
  const Duplicates duplicates = finder.Finish();
  EXPECT_EQ(duplicates.near_pairs, 2) << "a/1 and b/1, each with a/3";
  EXPECT_EQ(duplicates.near_across_labels, 1);
  EXPECT_EQ(duplicates.near[0].distance, 0.25);
  EXPECT_EQ(duplicates.near[0].photos[0].path, "a/1");
  EXPECT_EQ(duplicates.near[0].photos[1].path, "a/3");
  EXPECT_EQ(duplicates.near[1].photos[0].path, "a/3");
  EXPECT_EQ(duplicates.near[1].photos[1].path, "b/1");
  EXPECT_TRUE(duplicates.near[1].across_labels);
}

TEST(DuplicatesTest, FeaturesThatAreWantedMustBeAdded) {
  DuplicateFinder finder = Finder({0.5, 100, false});
  ASSERT_TRUE(AddScores(finder));
  ASSERT_TRUE(finder.Search(kPca, {}));
  ASSERT_FALSE(finder.NeededParts()->empty());
  EXPECT_FALSE(finder.NeededParts());
}

TEST(DuplicatesTest, RefusesMorePartsThanTheManifestHas) {
  DuplicateFinder finder = Finder({});
  const Status more = finder.AddPart({{"c/1", "c", kFive, false}});
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Code::kBadCall);
}

TEST(DuplicatesTest, RefusesTablesOfOtherPhotos) {
  DuplicateFinder finder = Finder({0.5, 100, false});
  EXPECT_THAT(finder.AddScores(kResults1, {"a/1"}, {kZero}).error().message,
              HasSubstr("Results/1: not the photos of Preprocessing"));
  EXPECT_FALSE(finder.AddScores("Results/3", {}, {}));
  const std::vector<float> two = {0, 0};
  EXPECT_FALSE(finder.AddScores("Results/2", {"b/2"}, {two}));
  EXPECT_FALSE(finder.Search("{}", {}));
  EXPECT_FALSE(finder.Search("no JSON", {}));
}

}  // namespace
}  // namespace verger
