// duplicates.h: photos that an output has more than once, or nearly so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/runs/output.h"

namespace verger::cli {

struct DuplicatesOptions {
  // Also pairs whose features lie at most so far apart, in standard deviations. None: only equal
  // bytes are looked for.
  std::optional<double> within;
  std::size_t most = 100;      // of those pairs, nearest first; all are counted
  bool across_labels = false;  // only what has more than one label
  ProgressMode progress = ProgressMode::kAuto;
};

struct NamedPhoto {
  std::string path;
  std::string label;
};

// Photos with equal bytes, two or more, by path.
struct EqualPhotos {
  std::string sha256;
  std::vector<NamedPhoto> photos;
  bool across_labels = false;
};

// Photos whose bytes differ and whose features hardly do, by path.
struct NearPhotos {
  double distance = 0;  // of their features, in standard deviations
  std::array<NamedPhoto, 2> photos;
  bool across_labels = false;
};

struct Duplicates {
  std::int64_t photos = 0;         // whose bytes were read, rejects included
  std::vector<EqualPhotos> equal;  // by their first path
  std::vector<NearPhotos> near;    // nearest first
  std::int64_t near_pairs = 0;     // there are
  std::int64_t near_across_labels = 0;
};

// Finds them in the latest version of `output`. Photos of equal bytes and label stand for one, the
// first by path, in what is near.
//
// The standard deviation of the features is the root of their total variance, over the photos that
// the PCA was fitted to; two photos taken at random are about 1.4 of it apart.
//
// Cost:   reads Preprocessing; for what is near Results too, and then the parts that hold
//         candidates. Memory: about 200 bytes a photo, for what is near 6 more for each number in
//         its pca_features, and up to 256 MB of features.
// Errors: Failure kStorage for a damaged output; kBadInput if there are no Results to tell what is
//         near; kUsage if more than a million pairs may be.
Duplicates FindDuplicates(const Output& output, const DuplicatesOptions& options);

}  // namespace verger::cli
