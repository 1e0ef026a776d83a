// served_output.h: a version of an output, ready to answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "cli/runs/answers.h"
#include "cli/runs/manifest.h"
#include "cli/runs/similar_index.h"
#include "cli/runs/training.h"
#include "cli/serve/photo_engine.h"
#include "cli/serve/static_files.h"

namespace verger::cli {

// Constant once it is made, and so safe from many threads.
struct ServedOutput {
  std::string version;        // OutputVersion() before it was read
  std::int64_t manifest = 0;  // number of its manifest
  ModelIdentity network;
  int views = 1;
  std::shared_ptr<const PhotoEngine> engine;
  std::shared_ptr<const PhotoEngine> one_view;  // `engine` if `views` is 1

  // Null if the output has no classifier.
  ClassifierHandle classifier;
  std::unique_ptr<Classification> classification;
  std::string classifier_sha256;  // of its file

  std::shared_ptr<const StaticFiles> files;   // of the phone app; null if it is not asked for
  std::shared_ptr<const SimilarIndex> index;  // null if similar photos are not asked for
};

using Served = std::shared_ptr<const ServedOutput>;

// Reads the output. `before`: what was read last; null at the start. Errors: Failure.
using LoadOutput = std::function<Served(const Served& before)>;

}  // namespace verger::cli
