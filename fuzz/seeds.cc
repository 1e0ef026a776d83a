// seeds.cc: writes seeds that only our own writers can make: fuzz_seeds FOLDER.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "core/classify/app_classifier.h"
#include "core/classify/classifier_file.h"
#include "core/classify/taught_file.h"
#include "core/classify/teach.h"
#include "core/classify/test_rows.h"
#include "core/classify/train.h"
#include "core/model/calibration.h"
#include "core/model/network_file.h"
#include "core/pca/pca.h"
#include "core/runs/manifest.h"
#include "fuzz/input.h"

namespace {

using namespace verger;

class Folder {
 public:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}

  void Add(const std::string& target, const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories(path_ / target);
    std::ofstream file(path_ / target / name, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write seeds below " + path_.string());
  }

 private:
  std::filesystem::path path_;
};

Classifier Trained(Method method) {
  const LabelledRows rows = MakeRows(3, 12, 6);
  TrainSettings settings;
  settings.method = method;
  settings.shrinkage = 0.2;
  settings.transform = Transform::kRoot;
  Classifier classifier =
      *Train({rows.dimension, rows.features, rows.labels, rows.groups, rows.names}, settings);
  classifier.source = {"net", std::string(64, 'a'), "keras", "keras:224", "fp32", "features"};
  return classifier;
}

// The length in two bytes, then both, as app_classifier.cc takes them.
std::string Pair(const std::string& first, const std::string& second) {
  std::string pair{static_cast<char>(first.size() & 255), static_cast<char>(first.size() >> 8)};
  return pair + first + second;
}

void AddClassifiers(const Folder& folder) {
  for (const Method method : {Method::kRelative, Method::kLda, Method::kLogistic}) {
    const Classifier classifier = Trained(method);
    const std::string name(NameOf(method));
    folder.Add("classifier", name, SaveClassifier(classifier));
    const std::string app = SaveAppClassifier(classifier, {});
    const auto covariance = SaveAppCovariance(classifier, CheckOf(fuzz::AsBytes(app)));
    folder.Add("app_classifier", name, Pair(app, covariance ? *covariance : ""));
    const std::vector<float> lesson(static_cast<std::size_t>(classifier.dimension), 4.0F);
    if (const auto taught = Teach(classifier, "pear", lesson)) {
      folder.Add("app_classifier", name + "-taught", Pair(app, SaveTaughtRows(*taught)));
      folder.Add("classifier", name + "-taught", SaveClassifier(*taught));
    }
    AppProjection projection{3, std::vector<float>(18, 0.5F), std::vector<double>(6, 0.25)};
    folder.Add("app_classifier", name + "-projected",
               Pair(SaveAppClassifier(classifier, projection), ""));
    folder.Add("classifier", name + "-moments", classifier.moments.Serialize());
  }
}

// The least that is an EfficientNet-Lite.
NetworkFile SmallNetwork() {
  using Kind = NetworkLayer::Kind;
  NetworkFile network;
  network.name = "small";
  network.identity = "0123 efficientnet-lite:16x16";
  network.preset.input = {16, 16};
  network.preset.scale = {128, 128, 128};
  const auto add = [&](Kind kind, int inputs, int outputs, int side, int stride, bool narrow) {
    NetworkLayer layer;
    layer.kind = kind;
    layer.inputs = inputs;
    layer.outputs = outputs;
    layer.side = side;
    layer.stride = stride;
    if (side > 1) layer.pads = {side / 2, side / 2, side / 2, side / 2};
    layer.relu6 = !narrow;
    layer.weights.assign(static_cast<std::size_t>(outputs) * layer.length(), 0.125F);
    layer.bias.assign(static_cast<std::size_t>(outputs), 0.25F);
    network.layers.push_back(layer);
  };
  add(Kind::kDense, 3, 8, 3, 2, false);
  add(Kind::kDepthwise, 8, 8, 3, 1, false);
  add(Kind::kDense, 8, 8, 1, 1, true);
  add(Kind::kDense, 8, 16, 1, 1, false);
  add(Kind::kDepthwise, 16, 16, 5, 1, false);
  add(Kind::kDense, 16, 8, 1, 1, true);
  add(Kind::kDense, 8, 24, 1, 1, false);
  network.layers[5].shortcut = true;
  return network;
}

void AddNetworks(const Folder& folder) {
  for (const auto storage : {WeightStorage::kFp32, WeightStorage::kFp16, WeightStorage::kInt8,
                             WeightStorage::kInt10, WeightStorage::kInt16}) {
    const auto file = WriteNetworkFile(SmallNetwork(), storage);
    if (file) folder.Add("network_file", std::to_string(static_cast<int>(storage)), *file);
  }
  const Calibration calibration{
      std::string(16, 'f'), {{true, 2}, {false, 6}}, {{0.5F, -1}, {}, {1, 2, 4}}};
  folder.Add("calibration", "three", calibration.Serialize());
}

void AddPca(const Folder& folder) {
  const LabelledRows rows = MakeRows(2, 8, 4);
  Moments moments(rows.dimension);
  moments.Add(rows.features);
  std::vector<std::byte> saved(moments.SerializedSize());
  moments.Serialize(saved);
  folder.Add("pca", "moments", {reinterpret_cast<const char*>(saved.data()), saved.size()});
  Pca pca = *Fit(moments, {.count = 2});
  pca.identity = {"net", std::string(64, 'a'), "keras:224x224"};
  folder.Add("pca", "document", ToJson(pca));
}

void AddManifests(const Folder& folder) {
  const std::string sha256(64, 'b');
  Manifest manifest;
  manifest.photos = "photos";
  manifest.labels = 2;
  manifest.model = {"net", sha256, "keras", "keras:224x224", 4, "int8", sha256};
  manifest.preprocessing = {
      {{"Preprocessing/part-00000.parquet", 100, sha256}, 3, 1, "a/1.jpg", "b/2.jpg"}};
  manifest.moments = {"_verger/moments-000001.bin", 200, sha256};
  manifest.rejects = {{"b/1.jpg", "JPEG: ends before its last row"}};
  folder.Add("manifest", "extracted", WriteManifest(manifest));
  Reduction reduction;
  reduction.settings = {2, 0, false, true};
  reduction.moments = sha256;
  reduction.components = 2;
  reduction.explained_variance = 0.75;
  reduction.pca = {"_verger/pca-000001.json", 300, sha256};
  reduction.results = {{{{"Results/part-00000.parquet", 100, sha256}, 3, 0, "", ""}, sha256}};
  manifest.reduction = reduction;
  manifest.replaced = {"Preprocessing/part-00001.parquet"};
  folder.Add("manifest", "reduced", WriteManifest(manifest));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: fuzz_seeds FOLDER\n";
    return 2;
  }
  const Folder folder(argv[1]);
  AddClassifiers(folder);
  AddNetworks(folder);
  AddPca(folder);
  AddManifests(folder);
  return 0;
}
