// map.h: the photos of an output as one table that other programs draw as a map.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>

#include "cli/base/progress.h"
#include "cli/runs/output.h"

namespace verger::cli {

struct MapOptions {
  std::int64_t neighbors =
      15;  // of each photo, itself among them; fewer if there are no more photos
  std::string metric = "cosine";
  bool features = false;  // also the features
  int threads = 0;        // 0: UsableThreads()
  ProgressMode progress = ProgressMode::kAuto;
};

// A row for each row of Results, in their order: path, label, projection_x and projection_y (the
// first two pca_features), neighbors (ids, numbers of rows from 0, and their distances; nearest
// first), pca_features.
//
// Cost:   all photos with all; memory for all features and a quarter more.
// Errors: Failure kBadInput if there are no Results, or of one component; kStorage; Interrupted.
std::shared_ptr<arrow::Table> MakeMap(const Output& output, const MapOptions& options);

}  // namespace verger::cli
