// classifier_file.h: a classifier as one file (docs/feature-format.md).
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/classify/classifier.h"

namespace verger {

// A safetensors file. The same classifier gives the same bytes.
std::string SaveClassifier(const Classifier& classifier);

// Errors: kBadFeatures, which names `name`, for bytes that are not a complete classifier of a known
//         version.
Result<Classifier> LoadClassifier(Bytes bytes, std::string_view name);

// A description for people and programs, as a JSON object: labels, network, settings,
// calibration, what was measured.
std::string Describe(const Classifier& classifier);

}  // namespace verger
