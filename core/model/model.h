// model.h: a network, its weights' identity, and its preset.
#pragma once

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/model/embedded.h"
#include "core/model/onnx_file.h"
#include "core/model/onnx_output.h"
#include "core/model/precision.h"
#include "core/model/preset.h"

namespace ov {
class Model;
}

namespace verger {

enum class ModelFormat { kKerasH5, kOnnx };

struct Model {
  std::string name;
  ModelFormat format;
  std::string sha256;     // of the file's bytes
  Preset preset;          // its input is the network's own
  int dimension;          // of a feature vector
  OutputChoice choice;    // which of its tensors the features are
  int batch = 0;          // images that the network must be given at a time; 0: any number
  bool in_float = false;  // to be computed without int8, which would depend on the processor
  std::string notes;      // what the user should know of it, a line each; mostly empty
  Precision precision = Precision::kFp32;
  std::string calibration;  // of int8, as Calibration::Serialize() lays it out; else empty
  Bytes known_calibration;  // that this library has for the network; mostly empty

  // Shape: in, uint8 NHWC RGB images of preset.input, a batch of any size;
  //        out, float32 (batch, dimension). Preprocessing is part of the graph. In float32 for any
  //        precision: see NetworkToCompile().
  std::shared_ptr<ov::Model> network;
};

// Reads a model file from memory: Keras's ResNet50 (`.h5`, `.weights.h5`, `.keras`), also where it
// is a layer of another network, or an ONNX network that maps images to feature vectors;
// distinguished by content.
//
// `preset` is one of ReadPreset; a file of Keras has what it does not say from "keras". Empty is an
// error for ONNX, which does not say how it wants its pixels. `choice` is for ONNX alone. An ONNX
// file with external data is refused: see JoinModel().
//
// Errors: kBadModel, with `name`, what the file is or what is wrong with it, and the remedy;
//         kBadCall for a preset or a choice that is not one.
// Cost:   2 to 3 times the file in memory while it is read.
Result<Model> ReadModel(Bytes file, const std::string& name, const std::string& preset,
                        const OutputChoice& choice = {});

// The same model in another precision. int8 is to be quantised by `calibration`, or, if that is
// empty, by `known_calibration`.
//
// Requires: model.precision is fp32.
// Errors: as Quantise(); kBadModel for a calibration that is damaged; kBadCall if int8 has none.
// Cost:   some milliseconds: it is quantised when it is compiled.
Result<Model> WithPrecision(Model model, Precision precision, Bytes calibration = {});

// A copy of the network that is quantised if the model is in int8.
//
// Errors: as Quantise(), for a model that does not come from WithPrecision().
// Cost:   int8: a tenth of a second for EfficientNet-Lite0, a second for ResNet-50.
Result<std::shared_ptr<ov::Model>> NetworkToCompile(const Model& model);

// Of which network, preset (but for size and decoding) and output a calibration is: 16 hexadecimal
// digits.
std::string CalibrationSubject(const Model& model);

// One line that is the same for two models of one file just when they give the same features: the
// preset's, the choice of an output if there is one, and the precision unless it is fp32.
std::string Identity(const Model& model);

// Names of the files that `file` keeps its weights in, to be found in its folder; mostly none.
//
// Errors: kBadModel, with `name`, for a name that leads out of that folder.
Result<std::vector<std::string>> SideFilesOfModel(Bytes file, const std::string& name);

// The one file that `file` and its side files make: what ReadModel() reads, and what can be sent.
//
// Errors: kBadModel, with `name`, for side files that are missing or are not those of `file`.
Result<std::string> JoinModel(Bytes file, const SideFiles& sides, const std::string& name);

// Returns a network that comes with Verger, one of kEmbeddedNames, with its ImageNet weights.
// `preset` may change the size of its input and decoding, nothing else.
//
// Errors: as EmbeddedFile(); kBadCall for any other preset or choice of features.
Result<Model> EmbeddedModel(const std::string& name = std::string(kEmbeddedNames[0]),
                            const std::string& preset = "", const OutputChoice& choice = {});

}  // namespace verger
