#include "core/model/test_keras_file.h"

#include <algorithm>
#include <array>

namespace verger::test_keras_file {
namespace {

Layer Convolution(const std::string& name, hsize_t side, hsize_t in, hsize_t out) {
  return {name, {{"kernel", {side, side, in, out}, 0.01F}, {"bias", {out}, 0}}};
}

Layer BatchNorm(const std::string& name, hsize_t width) {
  return {name,
          {{"gamma", {width}, 1},
           {"beta", {width}, 0.5F},
           {"moving_mean", {width}, 0},
           {"moving_variance", {width}, 1}}};
}

}  // namespace

// Errors show as a file that the code under test refuses.
void WriteNames(hid_t object, const char* attribute, const std::vector<std::string>& names,
                Names style) {
  const hsize_t count = names.size();
  const hid_t space = H5Screate_simple(1, &count, nullptr);
  if (names.empty()) {
    H5Aclose(H5Acreate2(object, attribute, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    return;
  }
  const hid_t type = H5Tcopy(H5T_C_S1);
  std::size_t longest = 0;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  H5Tset_size(type, style == Names::kVariable ? H5T_VARIABLE : longest);
  H5Tset_strpad(type, style == Names::kVariable ? H5T_STR_NULLTERM : H5T_STR_NULLPAD);
  const hid_t id = H5Acreate2(object, attribute, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (style == Names::kVariable) {
    std::vector<const char*> texts;
    for (const std::string& name : names) texts.push_back(name.c_str());
    H5Awrite(id, type, texts.data());
  } else {
    std::string texts;
    for (std::string name : names) {
      name.resize(longest);
      texts += name;
    }
    H5Awrite(id, type, texts.data());
  }
  H5Aclose(id);
  H5Tclose(type);
  H5Sclose(space);
}

void WriteFilled(hid_t parent, const std::string& path, const std::vector<hsize_t>& shape,
                 hid_t type, double value) {
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_fill_value(properties, H5T_NATIVE_DOUBLE, &value);
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  H5Dclose(H5Dcreate2(parent, path.c_str(), type, space, links, properties, H5P_DEFAULT));
  H5Sclose(space);
  H5Pclose(properties);
  H5Pclose(links);
}

std::vector<Layer> ResNet50() {
  std::vector<Layer> layers = {{"input_1", {}}};
  const auto add = [&](const std::string& name, hsize_t side, hsize_t in, hsize_t out) {
    layers.push_back(Convolution(name + "_conv", side, in, out));
    layers.push_back(BatchNorm(name + "_bn", out));
  };
  add("conv1", 7, 3, 64);
  constexpr std::array<std::array<hsize_t, 2>, 4> kStages = {
      {{64, 3}, {128, 4}, {256, 6}, {512, 3}}};
  hsize_t in = 64;
  for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
    const auto [width, blocks] = kStages[stage];
    for (hsize_t block = 1; block <= blocks; ++block) {
      const std::string name =
          "conv" + std::to_string(stage + 2) + "_block" + std::to_string(block);
      if (block == 1) add(name + "_0", 1, in, 4 * width);
      add(name + "_1", 1, in, width);
      add(name + "_2", 3, width, width);
      add(name + "_3", 1, width, 4 * width);
      in = 4 * width;
    }
  }
  return layers;
}

std::string Make(const std::vector<Layer>& layers, const Options& options) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_fapl_core(access, 1 << 16, false);
  const hid_t file = H5Fcreate("keras-file", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  const char* path = options.whole_model ? "model_weights" : "/";
  const hid_t root = options.whole_model
                         ? H5Gcreate2(file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)
                         : H5Gopen2(file, path, H5P_DEFAULT);
  const std::string suffix = options.names == Names::kVariable ? "" : ":0";
  std::vector<std::string> layer_names;
  for (const Layer& layer : layers) {
    layer_names.push_back(layer.name);
    const hid_t group = H5Gcreate2(root, layer.name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<std::string> weight_names;
    for (const Weight& weight : layer.weights) {
      weight_names.push_back(layer.name + "/" + weight.name + suffix);
      WriteFilled(group, weight_names.back(), weight.shape, H5T_IEEE_F32LE, weight.value);
    }
    WriteNames(group, "weight_names", weight_names, options.names);
    H5Gclose(group);
  }
  WriteNames(root, "layer_names", layer_names, options.names);
  if (options.sabotage) options.sabotage(root);
  H5Gclose(root);
  H5Fflush(file, H5F_SCOPE_GLOBAL);
  std::string bytes(static_cast<std::size_t>(H5Fget_file_image(file, nullptr, 0)), '\0');
  H5Fget_file_image(file, bytes.data(), bytes.size());
  H5Fclose(file);
  H5Pclose(access);
  return bytes;
}

}  // namespace verger::test_keras_file
