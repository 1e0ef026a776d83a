#include "core/model/model.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <openvino/openvino.hpp>
#include <string_view>

#include "core/base/sha256.h"
#include "core/model/embedded.h"
#include "core/model/external_data.h"
#include "core/model/keras_h5.h"
#include "core/model/keras_resnet50.h"
#include "core/model/onnx_model.h"
#include "core/model/preprocess.h"

namespace verger {
namespace {

bool StartsWith(Bytes file, std::string_view magic) {
  return std::ranges::equal(file.first(std::min(file.size(), magic.size())),
                            std::as_bytes(std::span(magic)));
}

// What people have in hand instead of a model, with what to do about it.
struct Stranger {
  std::string_view magic;
  std::string_view what;
};
constexpr std::array<Stranger, 5> kStrangers = {{
    {"version https://git-lfs", "a Git LFS pointer, not the file itself; run 'git lfs pull'"},
    {"PK\x03\x04", "a zip archive (.keras, .npz or .pt); export the network as ONNX"},
    {"\x80\x02", "a Python pickle (.pth), which may run code; export the network as ONNX"},
    {"<", "a web page or XML, not a model; download the file itself"},
    {"\x1f\x8b", "compressed by gzip; unpack it first"},
}};

// Engines explain a failure in many lines; the first that says something is enough.
std::string FirstLine(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const bool names_source = line.starts_with("Exception from") || line.starts_with("Check '");
    if (!line.empty() && !names_source) return std::string(line.substr(0, kLongest));
  }
  return "no reason given";
}

Result<Model> ReadKeras(Bytes file, Model model) {
  VERGER_ASSIGN_OR_RETURN(const KerasH5 weights, KerasH5::Open(file, model.name));
  VERGER_ASSIGN_OR_RETURN(model.network, BuildKerasResNet50(weights, model.preset.input));
  model.format = ModelFormat::kKerasH5;
  model.dimension = kResNet50Features;
  AddPreprocessing(model.network, model.preset, TensorLayout::kNchw);
  return model;
}

Result<Model> ReadOnnxFile(Bytes file, Model model) {
  VERGER_ASSIGN_OR_RETURN(OnnxNetwork onnx, ReadOnnx(file, model.name, model.preset.input));
  model.format = ModelFormat::kOnnx;
  model.preset.input = onnx.input;
  model.dimension = onnx.dimension;
  model.network = std::move(onnx.network);
  AddPreprocessing(model.network, model.preset, onnx.layout);
  return model;
}

}  // namespace

Result<Model> ReadModel(Bytes file, const std::string& name, const std::string& preset) {
  const auto bad = [&](std::string_view what) {
    return Error{Code::kBadModel, fmt::format("{}: {}", name, what)};
  };
  if (file.empty()) return bad("the file is empty; copy or download it again");
  for (const Stranger& stranger : kStrangers) {
    if (StartsWith(file, stranger.magic)) return bad(stranger.what);
  }
  const bool keras = StartsWith(file, "\x89HDF\r\n\x1a\n");
  if (!keras) {
    switch (InspectOnnx(file)) {
      case OnnxKind::kNotOnnx:
        return bad("neither a Keras .h5 nor an ONNX file, or cut short; copy or download it again");
      case OnnxKind::kExternalTensor:
        return bad("keeps its weights in another file (external data); save the ONNX as one file");
      case OnnxKind::kSelfContained:
        break;
    }
  }
  if (!keras && preset.empty()) {
    std::string names;
    for (const std::string& each : PresetNames()) names += (names.empty() ? "" : ", ") + each;
    return Error{
        Code::kBadCall,
        fmt::format("{}: an ONNX file does not say how it wants its pixels; name a preset, "
                    "one of: {}; or give its scale, filter, channels and resize",
                    name, names)};
  }
  Model model{name, ModelFormat::kOnnx, "", {}, 0, nullptr};
  const std::string of_keras = preset.empty() ? "keras" : "keras," + preset;
  VERGER_ASSIGN_OR_RETURN(model.preset, ReadPreset(keras ? of_keras : preset));
  model.sha256 = Sha256(file);
  try {
    Result<Model> read =
        keras ? ReadKeras(file, std::move(model)) : ReadOnnxFile(file, std::move(model));
    if (read) VERGER_RETURN_IF_ERROR(CheckInput(read->preset));
    return read;
  } catch (const std::bad_alloc&) {
    return Error{Code::kInternal, fmt::format("{}: out of memory while reading it", name)};
  } catch (const std::exception& exception) {
    return bad(fmt::format("not a network the engine can run ({}); export it again as ONNX",
                           FirstLine(exception.what())));
  }
}

Result<Model> EmbeddedModel() {
  return ReadModel(EmbeddedFile(), "efficientnet-lite0", "efficientnet-lite");
}

}  // namespace verger
