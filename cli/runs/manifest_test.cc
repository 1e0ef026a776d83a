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
  manifest.preprocessing = {
      {{"Preprocessing/part-00000.parquet", 10, "cd"}, 3, 1, "a/a.jpg", "a/d.jpg"}};
  manifest.moments = {"_verger/moments-000001.bin", 5, "ef"};
  manifest.replaced = {"Preprocessing/part-00007.parquet"};
  manifest.rejects = {{"a/b.jpg", "empty \"file\""}};
  Reduction reduction;
  reduction.settings = {0, 0.95, true, false};
  reduction.moments = "ef";
  reduction.components = 7;
  reduction.explained_variance = 0.951;
  reduction.pca = {"_verger/pca-000001.json", 6, "01"};
  const FileEntry part = {"Results/part-00000.parquet", 9, "23"};
  reduction.results.push_back({{part, 3, 0, "", ""}, "cd"});
  manifest.reduction = reduction;
  return manifest;
}

TEST(Manifest, ComesBackAsItWas) {
  const Manifest manifest = Example();
  const Manifest back = ManifestFromJson(ToJson(manifest), "m");
  EXPECT_EQ(back.photos, manifest.photos);
  EXPECT_EQ(back.preprocessing, manifest.preprocessing);
  EXPECT_EQ(back.moments, manifest.moments);
  EXPECT_EQ(back.reduction, manifest.reduction);
  EXPECT_TRUE(back.model.SameFeatures(manifest.model));
  EXPECT_EQ(back.rejects, manifest.rejects);
  EXPECT_EQ(back.replaced, manifest.replaced);
  EXPECT_EQ(ToJson(back), ToJson(manifest));
}

TEST(Manifest, CountsRowsAndInputs) {
  EXPECT_EQ(Example().rows(), 3);
  EXPECT_EQ(Example().rejected(), 1);
  EXPECT_EQ(Example().inputs(), 4);
}

TEST(Manifest, IsCheckedByTheLibraryInBothDirections) {
  Manifest manifest = Example();
  manifest.replaced = {"../victim.txt"};
  EXPECT_THROW(ToJson(manifest), Failure);
  try {
    ManifestFromJson("{}", "OUT/_verger/manifest-000001.json");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kStorage);
    EXPECT_THAT(failure.what(), HasSubstr("OUT/_verger/manifest-000001.json"));
  }
}

}  // namespace
}  // namespace verger::cli
