// Photos in, features out, against features that other programs made (tests/golden).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/extract/extractor.h"
#include "core/extract/test_files.h"

namespace verger {
namespace {

namespace fs = std::filesystem;
using test_files::AsBytes;

// Of the largest feature of the reference.
constexpr float kTolerance = 1e-4F;

FeatureBatch Extract(const Model& model, const std::vector<fs::path>& paths) {
  std::vector<std::string> files;
  for (const fs::path& path : paths) files.push_back(test_files::Read(path));
  std::vector<Bytes> photos;
  for (const std::string& file : files) photos.push_back(AsBytes(file));
  ExtractorOptions options;
  options.batch_size = 4;  // one full batch and one that is not
  const Result<Extractor> extractor = Extractor::Create(model, options);
  EXPECT_TRUE(extractor) << extractor.error().message;
  Result<FeatureBatch> batch = extractor->Extract(photos);
  EXPECT_TRUE(batch) << batch.error().message;
  for (const std::string& error : batch->errors) EXPECT_EQ(error, "");
  return *std::move(batch);
}

float LargestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  float largest = 0;
  for (std::size_t at = 0; at < std::min(a.size(), b.size()); ++at) {
    largest = std::max(largest, std::abs(a[at] - b[at]));
  }
  return largest;
}

float Largest(const std::vector<float>& values) {
  float largest = 0;
  for (float value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

// The class that the network's own classifier, rows of weights and a bias, gives each row.
std::vector<int> Classify(const FeatureBatch& batch) {
  const std::vector<float> head =
      test_files::ReadFloats(test_files::TestData() / "efficientnet_lite0_head.bin");
  const auto length = static_cast<std::size_t>(batch.dimension);
  std::vector<int> classes;
  for (std::size_t row = 0; row < batch.errors.size(); ++row) {
    int best = -1;
    double best_score = -INFINITY;
    for (std::size_t index = 0; (index + 1) * (length + 1) <= head.size(); ++index) {
      const float* const weights = &head[index * (length + 1)];
      double score = weights[length];
      for (std::size_t at = 0; at < length; ++at) {
        score += double{weights[at]} * batch.features[row * length + at];
      }
      if (score > best_score) {
        best_score = score;
        best = static_cast<int>(index);
      }
    }
    classes.push_back(best);
  }
  return classes;
}

class Parity : public testing::Test {
 protected:
  static std::vector<fs::path> Photos() {
    return test_files::List(test_files::Golden() / "photos");
  }
  static nlohmann::json Manifest(const std::string& folder) {
    return nlohmann::json::parse(test_files::Read(test_files::Golden() / folder / "manifest.json"));
  }
  // The difference as a share of the largest feature; printed, for docs/numerics.md.
  static float Compare(const std::string& what, const std::vector<float>& ours,
                       const std::vector<float>& theirs) {
    const float share = LargestDifference(ours, theirs) / Largest(theirs);
    std::printf("%s: largest difference %.2e of the largest feature\n", what.c_str(), share);
    return share;
  }
};

TEST_F(Parity, ResNet50GivesTheFeaturesOfKeras) {
  const fs::path golden = test_files::Golden() / "keras_resnet50";
  const std::string weights = test_files::Read(test_files::TestData() / "resnet50.h5");
  const Result<Model> model = ReadModel(AsBytes(weights), "resnet50.h5", "");
  ASSERT_TRUE(model) << model.error().message;
  const FeatureBatch batch = Extract(*model, Photos());
  const std::vector<float> keras = test_files::ReadFloats(golden / "features.bin");
  ASSERT_EQ(keras.size(), batch.features.size());
  EXPECT_LE(Compare("Keras ResNet-50", batch.features, keras), kTolerance);

  const std::vector<float> strided = test_files::ReadFloats(golden / "stride_in_3x3.bin");
  ASSERT_EQ(strided.size(), batch.features.size());
  EXPECT_GT(Compare("torchvision's strides", batch.features, strided), 100 * kTolerance);
}

TEST_F(Parity, Lite0GivesTheFeaturesOfItsAuthorsNetwork) {
  const Result<Model> model = EmbeddedModel();
  ASSERT_TRUE(model) << model.error().message;
  const FeatureBatch batch = Extract(*model, Photos());
  const std::vector<float> torch =
      test_files::ReadFloats(test_files::Golden() / "efficientnet_lite0" / "features.bin");
  ASSERT_EQ(torch.size(), batch.features.size());
  EXPECT_LE(Compare("EfficientNet-Lite0", batch.features, torch), kTolerance);
  EXPECT_EQ(Classify(batch), Manifest("efficientnet_lite0")["classes"].get<std::vector<int>>());
}

TEST_F(Parity, ManifestsDescribeThePhotosThereAre) {
  std::vector<std::string> names;
  for (const fs::path& photo : Photos()) names.push_back(photo.filename());
  for (const char* folder : {"keras_resnet50", "efficientnet_lite0"}) {
    EXPECT_EQ(Manifest(folder)["photos"].get<std::vector<std::string>>(), names) << folder;
  }
}

TEST_F(Parity, Lite0CallsGrannySmithByItsName) {
  if (!fs::is_directory(test_files::Fruits360())) {
    GTEST_SKIP() << "SKIPPED: Fruits-360 is not beside the checkout";
  }
  std::vector<fs::path> photos;
  for (const fs::path& path : test_files::List(test_files::Fruits360())) {
    if (path.parent_path().filename() == "Apple Granny Smith 1") photos.push_back(path);
  }
  ASSERT_GE(photos.size(), 100);
  std::vector<fs::path> some;
  for (std::size_t at = 0; at < photos.size(); at += photos.size() / 8) some.push_back(photos[at]);
  constexpr int kGrannySmith = 948;  // of ImageNet's 1000 classes
  const std::vector<int> classes = Classify(Extract(*EmbeddedModel(), some));
  EXPECT_GE(std::ranges::count(classes, kGrannySmith), std::ssize(classes) * 3 / 4);
}

}  // namespace
}  // namespace verger
