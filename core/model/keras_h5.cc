#include "core/model/keras_h5.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "core/model/hdf5_image.h"
#include "core/model/hdf5_read.h"
#include "core/model/keras3_layers.h"

namespace verger {
namespace {

// Of all layers together; ResNet152 has 1,000. Layers may share a group, whose names count for
// each.
constexpr std::size_t kMostWeights = 100'000;
constexpr std::size_t kLongestConfig = std::size_t{64} << 20;

std::mutex& Hdf5Mutex() {
  static std::mutex mutex;
  return mutex;
}

std::vector<hsize_t> ShapeOf(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(rank, 0)));
  if (!shape.empty()) H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  return shape;
}

// Of an array. HDF5 looks for each in turn, some microseconds each, whether it is there or not;
// Keras writes none, and h5py a few hundred where it compresses.
constexpr hsize_t kMostChunks = 1 << 16;

// Whether the bytes of `dataset` lie in this file, in pieces no larger than the whole, and not too
// many of them.
bool IsStoredInside(hid_t dataset, std::span<const hsize_t> shape) {
  const Hdf5Handle list(H5Dget_create_plist(dataset));
  if (!list) return false;
  switch (H5Pget_layout(list.get())) {
    case H5D_COMPACT:
      return true;
    case H5D_CONTIGUOUS:
      return H5Pget_external_count(list.get()) == 0;
    case H5D_CHUNKED: {
      std::vector<hsize_t> chunk(shape.size());
      const int rank = H5Pget_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data());
      if (rank != static_cast<int>(shape.size())) return false;
      if (!std::ranges::equal(chunk, shape, std::ranges::less_equal{})) return false;
      hsize_t chunks = 1;
      for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
        chunks *= (shape[axis] + chunk[axis] - 1) / chunk[axis];  // HDF5 refuses chunks of 0
      }
      return chunks <= kMostChunks;
    }
    default:
      return false;
  }
}

// At least one step.
std::vector<std::string> SplitPath(std::string_view path) {
  std::vector<std::string> steps;
  while (true) {
    const std::string_view step = path.substr(0, path.find('/'));
    steps.emplace_back(step);
    if (step.size() == path.size()) return steps;
    path.remove_prefix(step.size() + 1);
  }
}

// By the names that Keras gives.
bool IsHarmless(std::string_view layer) {
  return layer.starts_with("input") || layer.starts_with("random") || layer == "conv1_pad" ||
         layer == "data_augmentation";
}

}  // namespace

KerasH5::KerasH5(std::string name, std::unique_lock<std::mutex> lock)
    : name_(std::move(name)), lock_(std::move(lock)) {}

Error KerasH5::Bad(const std::string& what) const {
  return {Code::kBadModel, fmt::format("{}: {}", name_, what)};
}

Result<KerasH5> KerasH5::Open(Bytes file, const std::string& name, const std::string& first) {
  KerasH5 h5(name, std::unique_lock(Hdf5Mutex()));
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // or every failure prints a stack to stderr
  H5PLset_loading_state(0);                     // a file must not choose plugins to load

  h5.file_ = OpenHdf5(file);
  if (!h5.file_) {
    return h5.Bad("the HDF5 file is truncated or damaged; copy or download it again");
  }
  // A whole saved model keeps its weights one group deeper.
  const std::string root = IsHardLink(h5.file_.get(), "model_weights") ? "model_weights" : "/";
  h5.group_ = Hdf5Handle(H5Gopen2(h5.file_.get(), root.c_str(), H5P_DEFAULT));
  if (!h5.group_) return h5.Bad("a group is damaged; download the file again");
  std::vector<KerasLayers> models;
  if (H5Aexists(h5.group_.get(), "layer_names") > 0) {
    VERGER_ASSIGN_OR_RETURN(models, h5.ReadLegacy());
  } else if (IsHardLink(h5.group_.get(), "layers")) {
    auto read = ReadKeras3Layers(h5.group_.get());
    if (!read) return h5.Bad("its group \"layers\" is damaged; download the file again");
    models = *std::move(read);
  } else {
    return h5.Bad(
        "an HDF5 file, but without the attribute \"layer_names\" of Keras's legacy weights and "
        "the group \"layers\" of Keras 3; in Keras, save the network by model.save(\"mine.h5\")");
  }
  std::vector<KerasLayers*> those;
  for (KerasLayers& model : models) {
    if (model.weights.contains(first)) those.push_back(&model);
  }
  if (those.size() > 1) {
    return h5.Bad(
        fmt::format("holds two networks with a layer \"{}\", \"{}\" and \"{}\"; save the one "
                    "that is meant: model.get_layer(\"{}\").save(\"mine.h5\")",
                    first, those[0]->model, those[1]->model, those[1]->model));
  }
  const std::string network = those.empty() ? "" : those.front()->model;
  if (models.front().ordered && !those.empty()) {
    for (const std::string& layer : models.front().names) {
      if (layer == first || layer == network) break;
      if (!IsHarmless(layer)) h5.before_.push_back(layer);
    }
  }
  h5.layers_ = std::move(those.empty() ? models.front() : *those.front());
  return h5;
}

Result<std::vector<KerasLayers>> KerasH5::ReadLegacy() const {
  const auto names = [&](hid_t object, const char* attribute) -> Result<std::vector<std::string>> {
    auto texts = ReadTexts(object, attribute);
    if (texts) return *std::move(texts);
    return Bad(fmt::format("the attribute \"{}\" is damaged; download the file again", attribute));
  };
  VERGER_ASSIGN_OR_RETURN(const std::vector<std::string> layers,
                          names(group_.get(), "layer_names"));
  std::vector<KerasLayers> models(1);
  std::size_t count = 0;
  for (const std::string& layer : layers) {
    if (layer.empty() || layer.find('/') != std::string::npos || !IsHardLink(group_.get(), layer)) {
      return Bad(fmt::format("layer \"{}\" is named but missing; download the file again", layer));
    }
    const Hdf5Handle group(H5Gopen2(group_.get(), layer.c_str(), H5P_DEFAULT));
    if (!group) return Bad(fmt::format("layer \"{}\" is damaged; download the file again", layer));
    VERGER_ASSIGN_OR_RETURN(const std::vector<std::string> weights,
                            names(group.get(), "weight_names"));
    count += weights.size();
    if (count > kMostWeights) return Bad(fmt::format("names more than {} weights", kMostWeights));
    // A network that is a layer of another one has its own layers in the names of its weights.
    KerasLayers inner{layer, {}, {}};
    models[0].names.push_back(layer);
    models[0].weights[layer];
    for (const std::string& path : weights) {
      std::vector<std::string> steps = SplitPath(path);
      std::string weight = steps.back();
      if (weight.ends_with(":0")) weight.resize(weight.size() - 2);
      const std::string owner = steps.size() > 1 ? steps[steps.size() - 2] : layer;
      KerasLayers& model = owner == layer ? models[0] : inner;
      if (owner != layer && !model.weights.contains(owner)) model.names.push_back(owner);
      model.weights[owner][weight] = layer + "/" + path;
    }
    if (!inner.names.empty()) models.push_back(std::move(inner));
  }
  return models;
}

std::string KerasH5::Config() const {
  const auto texts = ReadTexts(file_.get(), "model_config", kLongestConfig);
  return texts && texts->size() == 1 ? texts->front() : "";
}

bool KerasH5::HasLayer(const std::string& layer) const { return layers_.weights.contains(layer); }

bool KerasH5::HasWeight(const std::string& layer, const std::string& weight) const {
  const auto entry = layers_.weights.find(layer);
  return entry != layers_.weights.end() && entry->second.contains(weight);
}

Result<Hdf5Handle> KerasH5::OpenDataset(const std::string& path) const {
  Hdf5Handle object;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string step(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(rest.size(), step.size() + 1));
    const hid_t parent = object ? object.get() : group_.get();
    Hdf5Handle next(!step.empty() && IsHardLink(parent, step)
                        ? H5Oopen(parent, step.c_str(), H5P_DEFAULT)
                        : H5I_INVALID_HID);
    if (!next) return Bad(fmt::format("\"{}\" is missing; download the file again", path));
    object = std::move(next);
  }
  if (!object || H5Iget_type(object.get()) != H5I_DATASET) {
    return Bad(fmt::format("\"{}\" is not an array; download the file again", path));
  }
  return object;
}

Result<std::vector<float>> KerasH5::Read(const std::string& layer, const std::string& weight,
                                         std::span<const hsize_t> shape) const {
  const auto entry = layers_.weights.find(layer);
  if (entry == layers_.weights.end()) {
    return Bad(fmt::format("layer \"{}\" is missing: not the weights of Keras's ResNet50", layer));
  }
  const auto path = entry->second.find(weight);
  if (path == entry->second.end()) {
    return Bad(fmt::format("layer \"{}\" has no \"{}\": not the weights of Keras's ResNet50", layer,
                           weight));
  }
  VERGER_ASSIGN_OR_RETURN(const Hdf5Handle dataset, OpenDataset(path->second));
  const Hdf5Handle space(H5Dget_space(dataset.get()));
  const Hdf5Handle type(H5Dget_type(dataset.get()));
  if (H5Tget_class(type.get()) != H5T_FLOAT || H5Tget_size(type.get()) != sizeof(float)) {
    return Bad(fmt::format("layer \"{}\": \"{}\" is not float32; save the weights as float32",
                           layer, weight));
  }
  const std::vector<hsize_t> actual = ShapeOf(space.get());
  if (!std::ranges::equal(actual, shape)) {
    return Bad(
        fmt::format("layer \"{}\": \"{}\" has the shape ({}), not ({}): not the weights of "
                    "Keras's ResNet50",
                    layer, weight, fmt::join(actual, ", "), fmt::join(shape, ", ")));
  }
  if (!IsStoredInside(dataset.get(), shape)) {
    return Bad(
        fmt::format("layer \"{}\": \"{}\" is kept outside the file, or in more than {} "
                    "chunks; save it whole",
                    layer, weight, kMostChunks));
  }
  std::size_t count = 1;
  for (hsize_t side : shape) count *= static_cast<std::size_t>(side);
  std::vector<float> values(count);
  if (H5Dread(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    return Bad(
        fmt::format("layer \"{}\": \"{}\" cannot be read; download the file again", layer, weight));
  }
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    return Bad(fmt::format(
        "layer \"{}\": \"{}\" holds a NaN or an infinity; download the file again", layer, weight));
  }
  return values;
}

}  // namespace verger
