// teach.h: teaches a classifier labels from a few photos, without the photos that it was trained
// on.
#pragma once

#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/classify/classifier.h"

namespace verger {

// `classifier` with more rows of `label`, which it may know or not. Its calibration does not
// change: a few photos do not suffice for one. The rows are stored, so that they can be removed
// again.
//
// Shape:  features (rows, classifier.dimension), as extracted; every value finite.
// Errors: kBadCall for no row, an empty label, or a classifier by logistic regression, which would
//         need every row again.
// Cost:   dimension^3 / 6 multiply-adds.
Result<Classifier> Teach(const Classifier& classifier, std::string_view label,
                         std::span<const float> features);

// Checks that `classifier` can be taught by features of photos. Unlike Teach, it also refuses
// pca_features, which the next PCA would invalidate.
//
// Errors: kBadCall for a classifier by logistic regression or of pca_features.
Status CheckTeachable(const Classifier& classifier);

// `classifier` without the rows that `label` was taught by.
//
// Errors: kBadCall if there are none; kBadFeatures if a label alone would be left.
Result<Classifier> Unteach(const Classifier& classifier, std::string_view label);

}  // namespace verger
