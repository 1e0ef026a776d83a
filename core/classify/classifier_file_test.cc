#include "core/classify/classifier_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/base/safetensors.h"
#include "core/classify/test_rows.h"
#include "core/classify/train.h"

namespace verger {
namespace {

Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

Classifier Sample() {
  const LabelledRows rows = MakeRows(4, 40, 6, 1.0);
  Classifier classifier =
      *Train({rows.dimension, rows.features, rows.labels, rows.groups, rows.names}, {});
  classifier.source = {"net", std::string(64, 'a'), "keras", "keras:224", "int8", "features"};
  classifier.data = std::string(64, 'b');
  classifier.taught_labels = {rows.names[0]};
  classifier.taught.assign(6, 1.5F);
  return classifier;
}

TEST(ClassifierFile, ComesBackBitForBit) {
  const Classifier classifier = Sample();
  const std::string saved = SaveClassifier(classifier);
  const auto loaded = LoadClassifier(BytesOf(saved), "a");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(SaveClassifier(*loaded), saved);
  EXPECT_EQ(loaded->labels, classifier.labels);
  EXPECT_EQ(loaded->source.identity, "keras:224");
  EXPECT_EQ(loaded->taught, classifier.taught);
  const std::vector<float> probe = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(Answerer(*loaded).Answer(probe).probabilities,
            Answerer(classifier).Answer(probe).probabilities);
  EXPECT_EQ(Answerer(*loaded).Answer(probe).novelties,
            Answerer(classifier).Answer(probe).novelties);
}

TEST(ClassifierFile, DescribesItself) {
  const auto json = ParseJson(Describe(Sample()));
  EXPECT_EQ(json.at("photos"), 160);
  EXPECT_EQ(json.at("labels").size(), 4U);
  EXPECT_EQ(json.at("network").at("precision"), "int8");
  EXPECT_EQ(json.at("settings").at("method"), "relative");
  EXPECT_EQ(json.at("held_out").at("photos"), 160);
}

TEST(ClassifierFile, RefusesWhatIsMissingOrOfAnotherShape) {
  const std::string saved = SaveClassifier(Sample());
  const SafeTensors whole = *ReadSafeTensors(BytesOf(saved), "a");
  const auto refuses = [](const SafeTensors& file) {
    const auto loaded = LoadClassifier(BytesOf(WriteSafeTensors(file)), "a.safetensors");
    return !loaded && loaded.error().message.find("a.safetensors") != std::string::npos;
  };
  for (const auto& [name, tensor] : whole.tensors) {
    SafeTensors file = whole;
    file.tensors.erase(name);
    EXPECT_TRUE(refuses(file)) << name;
    file = whole;
    file.tensors[name] = {{1, 1, 1}, std::vector<double>{0}};
    EXPECT_TRUE(refuses(file)) << name;
    file = whole;
    if (auto* values = std::get_if<std::vector<double>>(&file.tensors[name].values)) {
      values->front() = std::nan("");
      EXPECT_TRUE(refuses(file)) << name;
    }
  }
  for (const auto& [key, text] : whole.metadata) {
    if (key == "sha256" || key == "dimension" || key == "data") continue;
    SafeTensors file = whole;
    file.metadata[key] = "{}";
    EXPECT_TRUE(refuses(file)) << key;
    file.metadata.erase(key);
    EXPECT_TRUE(refuses(file)) << key;
  }
  SafeTensors later = whole;
  later.metadata["version"] = "2";
  EXPECT_TRUE(refuses(later));
}

}  // namespace
}  // namespace verger
