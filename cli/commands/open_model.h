// open_model.h: opens the network that --model names.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/engine/handles.h"
#include "cli/models/resolve.h"
#include "cli/runs/manifest.h"

namespace verger::cli {

struct OpenedModel {
  ModelHandle handle;
  ModelIdentity identity;
  int views = 1;
  bool calibrated = false;  // int8 needs no photos
};

// Prints notes on a network that is not from the store to stderr, unless it is opened `again`.
// Errors: Failure kBadInput for a model that is missing, damaged or no network.
OpenedModel OpenModel(const std::string& model, const ModelChoice& choice, bool again = false);

// Options for the library, which borrow from `name` and `choice`. Messages begin with `name`.
verger_model_options ReadOptions(const std::string& name, const ModelChoice& choice);

// Prints the notes of a model's `description` to stderr, a line each.
void SayNotes(const std::string& name, const nlohmann::ordered_json& description);

}  // namespace verger::cli
