// samples.h: small photos of each label, for the app.
#pragma once

#include <string>
#include <vector>

#include "abi/verger.h"
#include "cli/base/progress.h"
#include "cli/runs/output.h"
#include "cli/storage/place.h"

namespace verger::cli {

struct LabelSamples {
  std::string webp;                     // all of them, in squares; "" if there is none
  int tile = 0;                         // pixels of a square's side
  int columns = 0;                      // squares side by side
  std::vector<std::vector<int>> tiles;  // numbers of each label's, in the order of the classifier
  std::string warning;                  // why some are missing; "" if none is
};

struct SampleOptions {
  const Place* photos = nullptr;  // null: none is read
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
};

// Photos of the rows of `output`, a few of each label of `classifier`. Photos that are gone are
// left out. None of an output with hashed paths: nobody knows which files they are.
//
// Errors: Failure kStorage for damaged parts; Interrupted.
// Cost:   reads all parts but their features, and up to 256 photos.
LabelSamples MakeSamples(const Output& output, const verger_classifier& classifier,
                         const SampleOptions& options);

}  // namespace verger::cli
