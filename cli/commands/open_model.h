// open_model.h: from what --model says to a network that runs.
#pragma once

#include <string>

#include "cli/engine/handles.h"
#include "cli/runs/manifest.h"

namespace verger::cli {

struct OpenedModel {
  ModelHandle handle;
  ModelIdentity identity;
};

// Errors: Failure kBadInput for a model that is not there, damaged or no network.
OpenedModel OpenModel(const std::string& model, const std::string& preset);

}  // namespace verger::cli
