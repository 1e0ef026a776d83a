// moments_tensors.h: moments of classes among the arrays of a file.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/base/safetensors.h"
#include "core/classify/class_moments.h"

namespace verger {

// Puts counts, means and scatter, and the labels into the metadata.
void PutMoments(const ClassMoments& moments, SafeTensors* file);

// Errors: kBadFeatures, which names `name`.
Result<ClassMoments> TakeMoments(const SafeTensors& file, std::string_view name);

}  // namespace verger
