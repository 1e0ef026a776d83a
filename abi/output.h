// output.h: an output as the caller has opened it.
#pragma once

#include "abi/verger.h"
#include "core/base/result.h"
#include "core/runs/steps.h"

namespace verger::abi {

// Errors: kBadCall; kBadOutput if the manifest is none.
Result<OutputState> ReadOutput(const verger_output* output);

}  // namespace verger::abi
