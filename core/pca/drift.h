// drift.h: how far new features lie from those that a PCA was fitted to.
#pragma once

#include <cstdint>

#include "core/base/result.h"
#include "core/pca/moments.h"
#include "core/pca/pca.h"

namespace verger {

// Shares of 1; about equal residuals and a shift near 0 mean that the PCA still fits.
struct Drift {
  std::int64_t rows = 0;
  // Distance between the means, in units of the fitted features' standard deviation (the root of
  // their total variance). Of n features of the same kind it is about 1 / sqrt(n).
  double mean_shift = 0;
  double residual = 0;           // share of the new features' energy about the fitted mean that
                                 // lies outside the components
  double expected_residual = 0;  // the same of the features that the PCA was fitted to
  // Whether that is far beyond what chance does to features of the same kind: above a shift of 0.25
  // and three times that of chance, or a residual of 1.25 times the expected one plus 0.02.
  bool refit = false;
};

// Errors: kBadFeatures if the dimensions differ or `fresh` is empty.
// Cost:   components * dimension^2 multiply-adds.
Result<Drift> DriftOf(const Pca& pca, const Moments& fresh);

}  // namespace verger
