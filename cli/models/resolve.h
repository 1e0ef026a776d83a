// resolve.h: from what a user wrote after --model to the bytes of a model.
#pragma once

#include <string>

namespace verger::cli {

// Choices about a network beside its name; each may be empty.
struct ModelChoice {
  std::string preset;
  std::string output;         // of ONNX: the tensor that is the features
  std::string pool;           // of ONNX: "cls" or "mean"
  std::string precision{};    // "fp32", which "" means too, "bf16" or "int8"
  std::string calibration{};  // of int8, as verger.h has it
};

struct ResolvedModel {
  std::string name;
  bool embedded = false;  // then there are no bytes
  std::string bytes;
  ModelChoice choice;   // of the caller, else of the store
  std::string origin;   // for people: "embedded", or a path
  bool stored = false;  // then its warnings were printed when it was added
};

// Finds `model`: the name of an embedded model; a path; a name in the store of
// DefaultStoreFolder(); a name of the catalogue whose file Keras has already downloaded. A
// `choice`, its preset whole or some parts, overrides what the store knows. What has a '/' or a
// network's extension, or names an existing file, is a path; so is an existing folder, unless a
// model has its name. Only a name needs a store.
//
// Errors: kBadInput for a model that is not there, with the names there are and the
//         way to it, and for a file that is damaged or cannot be read; kStorage if there is no
//         folder for a store.
ResolvedModel ResolveModel(const std::string& model, const ModelChoice& choice);

// Joins two presets, either of which may be empty; `later` overrides.
std::string JoinedPresets(const std::string& preset, const std::string& later);

}  // namespace verger::cli
