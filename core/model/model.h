// model.h: a network, its weights' identity, and its preset.
#pragma once

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/model/preset.h"

namespace ov {
class Model;
}

namespace verger {

enum class ModelFormat { kKerasH5, kOnnx };

struct Model {
  std::string name;
  ModelFormat format;
  std::string sha256;  // of the file's bytes
  Preset preset;       // its input is the network's own
  int dimension;       // of a feature vector

  // Shape: in, uint8 NHWC RGB images of preset.input, a batch of any size;
  //        out, float32 (batch, dimension). Preprocessing is part of the graph.
  std::shared_ptr<ov::Model> network;
};

// Reads a model file from memory: Keras's ResNet50 weights (`.h5`) or an ONNX
// network that maps images to feature vectors; told apart by content.
//
// `preset` is one of ReadPreset; an .h5 has what it does not say from "keras". Empty is an
// error for ONNX, which does not say how it wants its pixels. An ONNX file with
// external data is refused, and so is one whose output is not a vector an image.
//
// Errors: kBadModel, with `name` and what is wrong (damaged file, layer missing,
//         shape that does not fit, older file of the same name, not a network);
//         kBadCall for a preset that is not one.
// Cost:   2 to 3 times the file in memory while it is read.
Result<Model> ReadModel(Bytes file, const std::string& name, const std::string& preset);

// Returns the model inside this library: EfficientNet-Lite0 with its ImageNet weights.
Result<Model> EmbeddedModel();

}  // namespace verger
