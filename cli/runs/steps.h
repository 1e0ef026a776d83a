// steps.h: steps of the library's, done to the files of a place.
#pragma once

#include <functional>
#include <string_view>

#include "cli/engine/output_rules.h"
#include "cli/storage/place.h"

namespace verger::cli {

// Carries out steps in their order, neighbours of one action side by side where that makes sense.
// `manifest` is what the step `create` puts; `check` is called before each action and may throw.
//
// Errors: Failure kBadInput for a file that verger did not write; kInUse if there is a manifest of
//         that name already; kStorage; what `check` throws.
void CarryOut(const Place& place, const Steps& steps, std::string_view manifest,
              const std::function<void()>& check);

}  // namespace verger::cli
