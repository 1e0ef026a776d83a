#include "core/model/model.h"

#include <fmt/core.h>

#include <algorithm>
#include <openvino/openvino.hpp>
#include <optional>
#include <string_view>

#include "core/base/sha256.h"
#include "core/model/engine_error.h"
#include "core/model/keras_config.h"
#include "core/model/keras_h5.h"
#include "core/model/keras_resnet50.h"
#include "core/model/onnx_model.h"
#include "core/model/other_files.h"
#include "core/model/preprocess.h"
#include "core/model/resnet50_layers.h"
#include "core/model/stored_zip.h"

namespace verger {
namespace {

bool StartsWith(Bytes file, std::string_view magic) {
  return std::ranges::equal(file.first(std::min(file.size(), magic.size())),
                            std::as_bytes(std::span(magic)));
}

std::string_view Text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Error Bad(const std::string& name, std::string_view what) {
  return {Code::kBadModel, fmt::format("{}: {}", name, what)};
}

bool IsHdf5(Bytes file) { return StartsWith(file, "\x89HDF\r\n\x1a\n"); }

// The weights of Keras in `file`, and the network's description beside them, if it is not in them.
struct KerasFile {
  Bytes weights;
  std::string config;
};

Result<std::optional<KerasFile>> FindKeras(Bytes file, const std::string& name) {
  if (IsHdf5(file)) return std::optional(KerasFile{file, ""});
  if (!StartsWith(file, "PK")) return std::optional<KerasFile>();
  const auto entries = ReadZip(file);
  if (!entries) return std::optional<KerasFile>();
  const ZipEntry* weights = FindEntry(*entries, "model.weights.h5");
  const ZipEntry* config = FindEntry(*entries, "config.json");
  if (!weights || !weights->stored || !IsHdf5(weights->content)) {
    return Bad(name,
               "a Keras archive (.keras) whose weights cannot be read; in Keras, save the network "
               "by model.save(\"mine.h5\")");
  }
  const bool described = config && config->stored;
  return std::optional(
      KerasFile{weights->content, std::string(described ? Text(config->content) : "")});
}

// Takes the input from the file's description, and refuses what is not ResNet50 by it.
Status ApplyConfig(const KerasConfig& config, bool preset_named, Model& model) {
  if (!config.difference.empty()) {
    return Bad(model.name, fmt::format("not Keras's ResNet50: {}; export it in Keras as ONNX: "
                                       "model.export(\"mine.onnx\", format=\"onnx\")",
                                       config.difference));
  }
  SetOwnInput(config.input.value_or(kUsualInput), &model.preset);
  if (config.before.empty()) return Ok();
  std::string layers;
  for (const std::string& each : config.before) layers += (layers.empty() ? "" : ", ") + each;
  if (!preset_named) {
    return Bad(model.name,
               fmt::format("prepares its pixels by layers in front of ResNet50 ({}), which are not "
                           "carried out; name what they do by a preset: keras for preprocess_input "
                           "of ResNet50, tensorflow for x / 127.5 - 1",
                           layers));
  }
  model.notes = fmt::format(
      "layers in front of ResNet50 are left out, the preset {} is in their "
      "place: {}",
      model.preset.name, layers);
  return Ok();
}

Result<Model> ReadKeras(const KerasFile& file, bool preset_named, Model model) {
  VERGER_ASSIGN_OR_RETURN(const KerasH5 weights,
                          KerasH5::Open(file.weights, model.name, kResNet50First));
  const std::string text = file.config.empty() ? weights.Config() : file.config;
  KerasConfig config = ReadKerasConfig(text);
  if (text.empty()) config.before = weights.before();
  VERGER_RETURN_IF_ERROR(ApplyConfig(config, preset_named, model));
  VERGER_ASSIGN_OR_RETURN(model.network,
                          BuildKerasResNet50(weights, model.preset.input, config.layers));
  model.format = ModelFormat::kKerasH5;
  model.dimension = kResNet50Features;
  AddPreprocessing(model.network, model.preset, TensorLayout::kNchw);
  return model;
}

Result<Model> ReadOnnxFile(Bytes file, bool widened, Model model) {
  std::string whole;
  if (widened) {
    VERGER_ASSIGN_OR_RETURN(whole, WholeOnnx(file, {}, model.name));
  } else {
    whole = Text(file);
  }
  VERGER_ASSIGN_OR_RETURN(OnnxNetwork onnx,
                          ReadOnnx(whole, model.name, model.preset.size, model.choice));
  model.format = ModelFormat::kOnnx;
  SetOwnInput(onnx.own, &model.preset);
  model.dimension = onnx.dimension;
  model.batch = onnx.batch;
  model.in_float = onnx.in_float;
  model.notes = onnx.notes;
  model.network = std::move(onnx.network);
  AddPreprocessing(model.network, model.preset, onnx.layout);
  return model;
}

Error NameAPreset(const std::string& name) {
  std::string names;
  for (const std::string& each : PresetNames()) names += (names.empty() ? "" : ", ") + each;
  return {Code::kBadCall,
          fmt::format("{}: an ONNX file does not say how it wants its pixels; name a preset, "
                      "one of: {}; or give its scale, filter, channels and resize",
                      name, names)};
}

}  // namespace

Result<Model> ReadModel(Bytes file, const std::string& name, const std::string& preset,
                        const OutputChoice& choice) {
  if (file.empty()) return Bad(name, "the file is empty; copy or download it again");
  if (const std::string other = WhatItIsInstead(file, name); !other.empty()) {
    // Bytes of ONNX can begin as many things do.
    if (InspectOnnx(file).kind == OnnxKind::kNotOnnx) return Bad(name, other);
  }
  VERGER_ASSIGN_OR_RETURN(const std::optional<KerasFile> keras, FindKeras(file, name));
  const OnnxFile onnx = keras ? OnnxFile{} : InspectOnnx(file);
  if (!keras && onnx.kind == OnnxKind::kNotOnnx) {
    return Bad(name,
               "neither a Keras .h5 nor an ONNX file, or cut short; copy or download it again");
  }
  if (onnx.kind == OnnxKind::kExternalTensor) return WholeOnnx(file, {}, name).error();
  if (!keras && preset.empty()) return NameAPreset(name);
  VERGER_RETURN_IF_ERROR(CheckChoice(choice));
  if (keras && (!choice.output.empty() || !choice.pool.empty())) {
    return Error{Code::kBadCall, fmt::format("{}: ResNet50's features are its global average pool; "
                                             "an output and a pooling are for ONNX files: leave "
                                             "them out",
                                             name)};
  }
  const std::string of_keras = preset.empty() ? "keras" : "keras," + preset;
  VERGER_ASSIGN_OR_RETURN(const Preset effective, ReadPreset(keras ? of_keras : preset));
  Model model{name, ModelFormat::kOnnx, Sha256(file), effective, 0,      choice, 0, false,
              "",   Precision::kFp32,   "",           {},        nullptr};
  try {
    const bool preset_named = ReadPreset(preset).has_value();  // not some of its parts alone
    Result<Model> read = keras ? ReadKeras(*keras, preset_named, std::move(model))
                               : ReadOnnxFile(file, onnx.widened, std::move(model));
    if (read) VERGER_RETURN_IF_ERROR(CheckInput(read->preset));
    return read;
  } catch (const std::bad_alloc&) {
    return Error{Code::kInternal, fmt::format("{}: out of memory while reading it", name)};
  } catch (const std::exception& exception) {
    return Bad(name, fmt::format("not a network the engine can run ({}); export it again as ONNX",
                                 CauseOf(exception.what())));
  }
}

Result<std::vector<std::string>> SideFilesOfModel(Bytes file, const std::string& name) {
  if (IsHdf5(file) || StartsWith(file, "PK")) return std::vector<std::string>();
  return SideFilesOf(file, name);
}

Result<std::string> JoinModel(Bytes file, const SideFiles& sides, const std::string& name) {
  if (InspectOnnx(file).kind != OnnxKind::kExternalTensor) return std::string(Text(file));
  return WholeOnnx(file, sides, name);
}

Result<Model> EmbeddedModel(const std::string& name, const std::string& preset,
                            const OutputChoice& choice) {
  VERGER_ASSIGN_OR_RETURN(const Bytes file, EmbeddedFile(name));
  const std::string own = "efficientnet-lite";
  const std::string both = preset.empty() ? own : own + "," + preset;
  VERGER_ASSIGN_OR_RETURN(const Preset requested_preset, ReadPreset(both));
  if (MainParts(requested_preset) != MainParts(*ReadPreset(own))) {
    return Error{Code::kBadCall,
                 fmt::format("the embedded network has its own preset: leave out {}; of a preset, "
                             "only size, decode and views can be chosen",
                             preset)};
  }
  if (!choice.output.empty() || !choice.pool.empty()) {
    return Error{Code::kBadCall,
                 "the embedded network has its own features: leave out an output and a pooling"};
  }
  VERGER_ASSIGN_OR_RETURN(Model model, ReadModel(file, name, both));
  model.known_calibration = EmbeddedCalibration(name);
  return model;
}

}  // namespace verger
