// taught_file.h: what labels were taught by, as a small file to take to another device
// (docs/app-format.md).
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/classify/classifier.h"

namespace verger {

// Rows that labels were taught by. Shape: features (labels.size(), dimension), row-major.
struct TaughtRows {
  std::vector<std::string> labels;
  std::vector<float> features;
};

// The rows of classifier.taught, with the network that made them. Cost: 5 kB a photo of 1280.
std::string SaveTaughtRows(const Classifier& classifier);

// Errors: kBadFeatures for bytes that are no whole file of SaveTaughtRows, or features of another
// network or preset than the classifier's.
Result<TaughtRows> LoadTaughtRows(Bytes file, const Classifier& classifier);

// Teaches `classifier` the rows that it does not have yet: the same file twice changes nothing.
// Errors: as Teach.
Result<Classifier> TeachRows(const Classifier& classifier, const TaughtRows& rows);

}  // namespace verger
