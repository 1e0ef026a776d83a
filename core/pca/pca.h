// pca.h: principal components, fitted from moments.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/pca/moments.h"

namespace verger {

// How many components to keep: a number of them, or enough to explain a share
// of the variance, with the meaning scikit-learn gives to n_components.
struct Components {
  int count = 0;               // 1 or more; 0 when `variance` decides
  double variance = 0;         // above 0 and below 1; 0 when `count` decides
  bool fewer_will_do = false;  // with a count: keep as many of it as the rows allow
};

// kCentred subtracts the mean, as scikit-learn does; kSpark does not, as Spark
// ML's PCAModel.transform. The axes are the same.
enum class Scores { kCentred, kSpark };

// Where the features came from; a PCA fits only features of the same network.
struct FeatureIdentity {
  std::string model;   // name
  std::string sha256;  // of the model's file
  std::string preset;  // Identity(Preset)

  friend bool operator==(const FeatureIdentity&, const FeatureIdentity&) = default;
};

struct Pca {
  int dimension = 0;
  int components = 0;
  std::int64_t rows = 0;                         // it was fitted to
  std::vector<double> mean;                      // (dimension)
  std::vector<double> axes;                      // (components, dimension), row-major, orthonormal
  std::vector<double> explained_variance;        // (components), descending; divided by rows - 1
  std::vector<double> explained_variance_ratio;  // (components), shares of the total variance
  FeatureIdentity identity;
};

// Fits the leading principal components. Each axis is signed so that its entry
// of largest magnitude, the first of equals, is positive.
//
// Errors: kBadCall for a request that is neither a count nor a share;
//         kBadFeatures, naming the largest count possible, when there are fewer than
//         2 rows, no variance at all, or fewer independent directions than asked for, unless
//         fewer will do.
// Cost:   for k components of d dimensions about 10 k d^2 + d^3 / 6 multiply-adds, d^2 / 2 + 6 k d
//         doubles of memory beside the moments; for k above d / 4 10 d^3, and 2 d^2 doubles. 2048
//         features, one core: k = 50 0.4 s, 200 1.4 s, 600 12 s.
// Source: agrees with scikit-learn's PCA(svd_solver="full"); tests/parity.
Result<Pca> Fit(const Moments& moments, const Components& components);

// Writes the scores of rows of features: (rows, dimension) in, (rows, components) out.
//
// Requires: rows.size() / dimension == out.size() / components, without remainders.
// Cost:     components * dimension multiply-adds a row.
void Project(const Pca& pca, std::span<const float> rows, Scores scores, std::span<float> out);

// The JSON document of docs/feature-format.md; doubles keep all their bits.
std::string ToJson(const Pca& pca);

// Errors: kBadFeatures for a document that is not a whole PCA of a known version.
Result<Pca> PcaFromJson(const std::string& json);

}  // namespace verger
