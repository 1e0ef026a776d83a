// model_for_output.h: the network of an output, or of the options of a run.
#pragma once

#include "cli/base/progress.h"
#include "cli/commands/open_model.h"
#include "cli/commands/options.h"
#include "cli/runs/output.h"

namespace verger::cli {

// Opens the network of `options` in fp32, so that its faults are reported before OUT is changed.
// Errors: as OpenModel().
OpenedModel OpenModelFirst(const ExtractOptions& options);

// Opens the network for a run. Precision, input size and decoding are those of `options`, else
// those of the output's rows if the same network made them, else fp32 and the network's own. For
// --precision auto without such rows, ChoosePrecision() decides. For int8 without a calibration, a
// sample of the photos goes through the network in fp32.
//
// Errors: as OpenModel() and SamplePhotos(); Interrupted.
OpenedModel ModelForOutput(OpenedModel first, const Output& output, const Place& photos,
                           const ExtractOptions& options, ProgressMode progress);

// Opens the network that the output's rows came from, with their preset and precision, for photos
// to compare with them. `model` and `choice`, except its preset and precision, are the user's
// options; a `model` of "" is the name in the manifest.
//
// Errors: as OpenModel(); Failure kBadInput, with the remedy, if it is another network.
OpenedModel ModelOfOutput(const Output& output, const std::string& model, ModelChoice choice);

// The same network with one view of a photo, where the rows have the mean over several. Its
// features are for answers that may be less exact, never for rows.
OpenedModel OneViewOfOutput(const Output& output, const std::string& model, ModelChoice choice);

}  // namespace verger::cli
