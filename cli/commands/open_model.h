// open_model.h: from what --model says to a network that runs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/engine/handles.h"
#include "cli/models/resolve.h"
#include "cli/runs/manifest.h"

namespace verger::cli {

struct OpenedModel {
  ModelHandle handle;
  ModelIdentity identity;
  bool calibrated = false;  // int8 needs no photos
};

// Errors: Failure kBadInput for a model that is not there, damaged or no network.
// Notes on a network that is no model of the store go to stderr, unless it is opened `again`.
OpenedModel OpenModel(const std::string& model, const ModelChoice& choice, bool again = false);

// As the library takes them; `name` and `choice` are borrowed. Messages begin with `name`.
verger_model_options ReadOptions(const std::string& name, const ModelChoice& choice);

// Prints the notes of a model's `description` to stderr, a line each.
void SayNotes(const std::string& name, const nlohmann::ordered_json& description);

}  // namespace verger::cli
