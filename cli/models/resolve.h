// resolve.h: from what a user wrote after --model to the bytes of a model.
#pragma once

#include <string>

namespace verger::cli {

struct ResolvedModel {
  std::string name;
  bool embedded = false;  // then there are no bytes
  std::string bytes;
  std::string preset;  // as verger_model_options; empty: the default of the format
  std::string origin;  // for people: "embedded", or a path
};

// Finds `model`: the embedded model's name; a path; a name in the store of DefaultStoreFolder(); a
// name of the catalogue whose file Keras has already downloaded. `preset`, whole or some parts,
// goes before the one the store knows. What has a '/' or ends in .h5 or .onnx is a path. Only a
// name asks for a store.
//
// Errors: kBadInput for a model that is not there, with the names there are and the
//         way to it, and for a file that is damaged or cannot be read; kStorage if there is no
//         folder for a store.
ResolvedModel ResolveModel(const std::string& model, const std::string& preset);

// What two presets, either of which may be empty, say together; `later` goes before.
std::string JoinedPresets(const std::string& preset, const std::string& later);

}  // namespace verger::cli
