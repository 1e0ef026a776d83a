// feature_source.h: which features of an output a classifier is trained on.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/classify/classifier.h"
#include "core/runs/manifest.h"

namespace verger::abi {

struct OutputFeatures {
  FeatureSource source;
  std::string data;  // SHA-256 of what tells the rows of this version from those of others
  int dimension = 0;
};

// `column`: "features", which "" means too, or "pca_features".
//
// Errors: kBadCall for another column, or one that the output does not have.
Result<OutputFeatures> FeaturesOf(const Manifest& manifest, std::string_view column);

}  // namespace verger::abi
