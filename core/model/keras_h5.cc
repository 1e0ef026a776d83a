#include "core/model/keras_h5.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace verger {
namespace {

// More than any Keras network has, and little enough that a lying header costs nothing.
constexpr hssize_t kMaxNames = 10'000;
constexpr std::size_t kMaxNameLength = 1'000;

std::mutex& Hdf5Mutex() {
  static std::mutex mutex;
  return mutex;
}

// Opens one name of `parent`, provided that the link stays inside the file.
bool IsHardLink(hid_t parent, const std::string& name) {
  H5L_info_t info;
  return H5Lget_info(parent, name.c_str(), &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

std::string TakeText(const char* text, std::size_t size) {
  return std::string(text, strnlen(text, size));
}

std::vector<hsize_t> ShapeOf(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(rank, 0)));
  if (!shape.empty()) H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  return shape;
}

// Whether the bytes of `dataset` lie in this file, in pieces no larger than the whole.
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
      return std::ranges::equal(chunk, shape, std::ranges::less_equal{});
    }
    default:
      return false;
  }
}

}  // namespace

KerasH5::KerasH5(std::string name, std::unique_lock<std::mutex> lock)
    : name_(std::move(name)), lock_(std::move(lock)) {}

Error KerasH5::Bad(const std::string& what) const {
  return {Code::kBadModel, fmt::format("{}: {}", name_, what)};
}

Result<KerasH5> KerasH5::Open(Bytes file, const std::string& name) {
  KerasH5 h5(name, std::unique_lock(Hdf5Mutex()));
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // or every failure prints a stack to stderr
  H5PLset_loading_state(0);                     // a file must not choose plugins to load

  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS));
  // HDF5 only reads from the image, whatever its signature says.
  void* image = const_cast<std::byte*>(file.data());
  if (!access || H5Pset_fapl_core(access.get(), std::size_t{1} << 20, false) < 0 ||
      H5Pset_file_image(access.get(), image, file.size()) < 0) {
    return Error{Code::kInternal, "HDF5 cannot open files from memory"};
  }
  h5.file_ = Hdf5Handle(H5Fopen("verger-model", H5F_ACC_RDONLY, access.get()));
  if (!h5.file_) {
    return h5.Bad("the HDF5 file is truncated or damaged; copy or download it again");
  }
  // A whole saved model keeps its weights one group deeper.
  const std::string root = IsHardLink(h5.file_.get(), "model_weights") ? "model_weights" : "/";
  h5.group_ = Hdf5Handle(H5Gopen2(h5.file_.get(), root.c_str(), H5P_DEFAULT));
  if (!h5.group_ || H5Aexists(h5.group_.get(), "layer_names") <= 0) {
    return h5.Bad(
        "an HDF5 file, but without the attribute \"layer_names\" of Keras's legacy weights; "
        "use the official ResNet50 .h5, or save the weights in the legacy .h5 layout");
  }
  VERGER_ASSIGN_OR_RETURN(const std::vector<std::string> layers,
                          h5.Names(h5.group_.get(), "layer_names"));
  for (const std::string& layer : layers) {
    if (layer.empty() || layer.find('/') != std::string::npos ||
        !IsHardLink(h5.group_.get(), layer)) {
      return h5.Bad(
          fmt::format("layer \"{}\" is named but missing; download the file again", layer));
    }
    const Hdf5Handle group(H5Gopen2(h5.group_.get(), layer.c_str(), H5P_DEFAULT));
    if (!group)
      return h5.Bad(fmt::format("layer \"{}\" is damaged; download the file again", layer));
    VERGER_ASSIGN_OR_RETURN(h5.layers_[layer], h5.Names(group.get(), "weight_names"));
  }
  return h5;
}

Result<std::vector<std::string>> KerasH5::Names(hid_t object, const char* attribute) const {
  const Error bad =
      Bad(fmt::format("the attribute \"{}\" is damaged; download the file again", attribute));
  const Hdf5Handle names(H5Aopen(object, attribute, H5P_DEFAULT));
  if (!names) return bad;
  const Hdf5Handle space(H5Aget_space(names.get()));
  const Hdf5Handle type(H5Aget_type(names.get()));
  if (!space || !type) return bad;
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (count < 0 || count > kMaxNames) return bad;
  std::vector<std::string> result;
  if (count == 0) return result;  // Keras writes an empty array of doubles
  if (H5Tget_class(type.get()) != H5T_STRING) return bad;

  const Hdf5Handle memory(H5Tcopy(H5T_C_S1));
  if (H5Tis_variable_str(type.get()) > 0) {
    H5Tset_size(memory.get(), H5T_VARIABLE);
    H5Tset_cset(memory.get(), H5Tget_cset(type.get()));
    std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
    const bool read = H5Aread(names.get(), memory.get(), texts.data()) >= 0;
    for (const char* text : texts) {
      result.push_back(text == nullptr ? "" : TakeText(text, kMaxNameLength));
    }
    H5Dvlen_reclaim(memory.get(), space.get(), H5P_DEFAULT, texts.data());
    if (!read) return bad;
    return result;
  }
  const std::size_t size = H5Tget_size(type.get());
  if (size == 0 || size > kMaxNameLength) return bad;
  std::vector<char> texts(size * static_cast<std::size_t>(count));
  if (H5Aread(names.get(), type.get(), texts.data()) < 0) return bad;
  for (std::size_t at = 0; at < texts.size(); at += size) {
    result.push_back(TakeText(&texts[at], size));
  }
  return result;
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
  const auto found = layers_.find(layer);
  if (found == layers_.end()) {
    return Bad(fmt::format("layer \"{}\" is missing: not the weights of Keras's ResNet50", layer));
  }
  const auto is_it = [&](const std::string& name) {
    return name.ends_with("/" + weight) || name.ends_with("/" + weight + ":0");
  };
  const auto path = std::ranges::find_if(found->second, is_it);
  if (path == found->second.end()) {
    return Bad(fmt::format("layer \"{}\" has no \"{}\": not the weights of Keras's ResNet50", layer,
                           weight));
  }
  VERGER_ASSIGN_OR_RETURN(const Hdf5Handle dataset, OpenDataset(layer + "/" + *path));
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
        fmt::format("layer \"{}\": \"{}\" is kept outside the file; save it whole", layer, weight));
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
