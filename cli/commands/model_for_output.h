// model_for_output.h: the network as an output has it, or as it is asked for.
#pragma once

#include "cli/base/progress.h"
#include "cli/commands/open_model.h"
#include "cli/commands/options.h"
#include "cli/runs/output.h"

namespace verger::cli {

// The network of `options` in fp32: what is wrong with it is said before anything is made in OUT.
// Errors: as OpenModel().
OpenedModel OpenModelFirst(const ExtractOptions& options);

// The network that a run is to use: precision, input size and decoding are what `options` asks for,
// else those of the output's rows, if they are of the same network; else fp32 and the network's
// own, or, if the precision is to be chosen, as ChoosePrecision() finds. For int8 that nobody has
// calibrated yet, a sample of the photos goes through it in fp32.
//
// Errors: as OpenModel() and SamplePhotos(); Interrupted.
OpenedModel ModelForOutput(OpenedModel first, const Output& output, const Place& photos,
                           const ExtractOptions& options, ProgressMode progress);

}  // namespace verger::cli
