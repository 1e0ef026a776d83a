#include "cli/runs/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/base/error.h"

namespace verger::cli {
namespace {

using ::testing::HasSubstr;

Manifest Example() {
  Manifest manifest;
  manifest.photos = "/orchard with spaces/é";
  manifest.labels = 2;
  manifest.model = {"resnet50", "ab", "keras", "keras:224x224", 2048};
  manifest.preprocessing = {{{"Preprocessing/part-00000.parquet", 10, "cd"}, 3, 1}};
  manifest.moments = {"_verger/moments-000001.bin", 5, "ef"};
  manifest.replaced = {"Preprocessing/part-00007.parquet"};
  manifest.rejects = {{"a/b.jpg", "empty \"file\""}};
  Reduction reduction;
  reduction.settings = {0, 0.95, true, false};
  reduction.components = 7;
  reduction.explained_variance = 0.951;
  reduction.pca = {"_verger/pca-000001.json", 6, "01"};
  const FileEntry part = {"Results/part-00000.parquet", 9, "23"};
  reduction.results.push_back({{part, 3, 0}, "cd"});
  manifest.reduction = reduction;
  return manifest;
}

std::string MessageOf(const std::string& json) {
  try {
    ManifestFromJson(json, "OUT/_verger/manifest-000001.json");
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kStorage);
    return failure.what();
  }
  return "";
}

TEST(Manifest, ComesBackAsItWas) {
  const Manifest manifest = Example();
  const Manifest back = ManifestFromJson(ToJson(manifest), "m");
  EXPECT_EQ(back.photos, manifest.photos);
  EXPECT_EQ(back.preprocessing, manifest.preprocessing);
  EXPECT_EQ(back.moments, manifest.moments);
  EXPECT_EQ(back.reduction, manifest.reduction);
  EXPECT_TRUE(back.model.SameFeatures(manifest.model));
  ASSERT_EQ(back.rejects.size(), 1U);
  EXPECT_EQ(back.rejects[0].reason, "empty \"file\"");
  EXPECT_EQ(ToJson(back), ToJson(manifest));
}

TEST(Manifest, CountsRowsAndInputs) {
  EXPECT_EQ(Example().rows(), 3);
  EXPECT_EQ(Example().inputs(), 4);
}

TEST(Manifest, RefusesWhatIsCutOff) {
  const std::string whole = ToJson(Example());
  for (std::size_t size = 0; size + 1 < whole.size(); size += 7) {
    EXPECT_THAT(MessageOf(whole.substr(0, size)), HasSubstr("manifest-000001.json")) << size;
  }
}

TEST(Manifest, RefusesNamesThatAreNotItsOwn) {
  for (const char* name : {"../victim.txt", "/victim.txt", "Preprocessing/../../victim.txt", "x"}) {
    Manifest manifest = Example();
    manifest.replaced = {name};
    EXPECT_THAT(MessageOf(ToJson(manifest)), HasSubstr("not its own")) << name;
  }
}

TEST(Manifest, RefusesCountsThatDoNotAddUp) {
  std::string json = ToJson(Example());
  json.replace(json.find("\"inputs\": 4"), 11, "\"inputs\": 5");
  EXPECT_THAT(MessageOf(json), HasSubstr("do not add up"));
}

TEST(Manifest, SaysThatANewerOneNeedsANewerProgram) {
  std::string json = ToJson(Example());
  json.replace(json.find("\"version\": 1"), 12, "\"version\": 2");
  EXPECT_THAT(MessageOf(json), HasSubstr("update it"));
}

}  // namespace
}  // namespace verger::cli
