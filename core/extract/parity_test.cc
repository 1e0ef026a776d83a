// Photos in, features out, against features that other programs made (tests/golden).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/extract/extractor.h"
#include "core/extract/test_files.h"

namespace verger {
namespace {

namespace fs = std::filesystem;
using test_files::AsBytes;

// Of the largest feature of the reference.
constexpr float kTolerance = 1e-4F;
constexpr float kTorchTolerance = 1e-5F;

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
std::vector<int> Classify(const FeatureBatch& batch, const std::string& folder) {
  const std::vector<float> head =
      test_files::ReadFloats(test_files::TestData() / (folder + "_head.bin"));
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

// "efficientnet-lite0" -> "efficientnet_lite0", of its goldens.
std::string FolderOf(std::string_view name) {
  std::string folder(name);
  std::ranges::replace(folder, '-', '_');
  return folder;
}

class Parity : public testing::Test {
 protected:
  static std::vector<fs::path> Photos() {
    return test_files::List(test_files::Golden() / "photos");
  }
  static nlohmann::json Manifest(const std::string& folder) {
    return ParseJson(test_files::Read(test_files::Golden() / folder / "manifest.json"));
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

// At a network's own side and at others, where the padding is another.
TEST_F(Parity, EfficientNetLiteGivesTheFeaturesOfItsAuthorsNetwork) {
  for (const std::string_view name : kEmbeddedNames) {
    const std::string folder = FolderOf(name);
    const nlohmann::json sides = Manifest(folder)["sides"];
    ASSERT_FALSE(sides.empty());
    for (const auto& [side, golden] : sides.items()) {
      const Result<Model> model = EmbeddedModel(std::string(name), "size=" + side);
      ASSERT_TRUE(model) << model.error().message;
      EXPECT_EQ(std::to_string(model->preset.input.width), side);
      const FeatureBatch batch = Extract(*model, Photos());
      const std::string file = golden["file"];
      const std::vector<float> torch = test_files::ReadFloats(test_files::Golden() / folder / file);
      ASSERT_EQ(torch.size(), batch.features.size());
      EXPECT_LE(Compare(std::string(name) + " at " + side, batch.features, torch), kTorchTolerance);
      EXPECT_EQ(Classify(batch, folder), golden["classes"].get<std::vector<int>>());
    }
  }
}

TEST_F(Parity, TheOwnSizeOfANetworkIsTheNetworkItself) {
  for (const auto& [name, side] : {std::pair("efficientnet-lite0", "224"),
                                   {"efficientnet-lite1", "240"},
                                   {"efficientnet-lite2", "260"}}) {
    const Result<Model> plain = EmbeddedModel(name);
    const Result<Model> sized = EmbeddedModel(name, std::string("size=") + side);
    ASSERT_TRUE(plain && sized);
    EXPECT_EQ(Identity(*sized), Identity(*plain));
    EXPECT_EQ(sized->preset.name, "efficientnet-lite");
    EXPECT_EQ(ShortText(sized->preset), "efficientnet-lite");
    EXPECT_EQ(Extract(*sized, Photos()).features, Extract(*plain, Photos()).features);
  }
}

TEST_F(Parity, ResNet50GivesTheFeaturesOfKerasAtOtherSizes) {
  const std::string weights = test_files::Read(test_files::TestData() / "resnet50.h5");
  for (const std::string side : {"112", "320"}) {
    const Result<Model> model = ReadModel(AsBytes(weights), "resnet50.h5", "size=" + side);
    ASSERT_TRUE(model) << model.error().message;
    const FeatureBatch batch = Extract(*model, Photos());
    const std::vector<float> keras = test_files::ReadFloats(
        test_files::Golden() / "keras_resnet50_sizes" / ("features_" + side + ".bin"));
    ASSERT_EQ(keras.size(), batch.features.size());
    EXPECT_LE(Compare("Keras ResNet-50 at " + side, batch.features, keras), kTorchTolerance);
  }
}

TEST_F(Parity, ManifestsDescribeThePhotosThereAre) {
  std::vector<std::string> names;
  for (const fs::path& photo : Photos()) names.push_back(photo.filename());
  for (const char* folder : {"keras_resnet50", "keras_resnet50_sizes", "efficientnet_lite0",
                             "efficientnet_lite1", "efficientnet_lite2"}) {
    EXPECT_EQ(Manifest(folder)["photos"].get<std::vector<std::string>>(), names) << folder;
  }
}

TEST_F(Parity, TheEmbeddedNetworksCallGrannySmithByItsName) {
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
  for (const std::string_view name : kEmbeddedNames) {
    const Result<Model> model = EmbeddedModel(std::string(name));
    const std::vector<int> classes = Classify(Extract(*model, some), FolderOf(name));
    EXPECT_GE(std::ranges::count(classes, kGrannySmith), std::ssize(classes) * 3 / 4) << name;
  }
}

}  // namespace
}  // namespace verger
