// app_classifier.h: a classifier as the phone app carries it: one small file that answers, and a
// larger one that lets it be taught (docs/app-format.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/classify/classifier.h"

namespace verger {

// From features of the network to those that the classifier was trained on: pca_features.
//
// Shape: axes (rows of offset, dimension), row-major; a row x becomes axes * x - offset.
struct AppProjection {
  int dimension = 0;  // of the network's features; 0: the classifier takes them as they are
  std::vector<float> axes;
  std::vector<double> offset;
};

struct AppClassifier {
  Classifier classifier;             // without moments until AddCovariance
  std::vector<std::int64_t> photos;  // of each label
  AppProjection projection;
  std::uint32_t check = 0;  // of its file, which its covariance names

  // Of the features that the app's network makes.
  int dimension() const {
    return projection.dimension > 0 ? projection.dimension : classifier.dimension;
  }
};

// The file that answers: axes, means and priors, as float32 what is large. The same classifier
// gives the same bytes. Photos that taught labels count as those of the output; their features are
// left out.
std::string SaveAppClassifier(const Classifier& classifier, const AppProjection& projection);

// Errors: kBadFeatures for bytes that are no whole file of SaveAppClassifier.
Result<AppClassifier> LoadAppClassifier(Bytes file);

// The file that it is taught by: the pooled covariance, as correlations in steps of 2^-14, and the
// centre of the labels. `check`: that of the classifier's file.
//
// The means of labels are not in it: AddCovariance computes those whose linear scores, with just
// this covariance, are the classifier's. So what rounding does to it hardly moves the labels there
// were.
//
// Errors: as CheckTeachable. Cost: dimension^2 / 2.
Result<std::string> SaveAppCovariance(const Classifier& classifier, std::uint32_t check);

// Makes `app` one that Teach takes. Errors: kBadFeatures for bytes that are no whole file of
// SaveAppCovariance, or of another classifier.
// Cost: labels * dimension^2 multiply-adds.
Status AddCovariance(Bytes file, AppClassifier* app);

// The check of a file of SaveAppClassifier, by which SaveAppCovariance names it.
std::uint32_t CheckOf(Bytes file);

// Shape: features (app.dimension()) to (app.classifier.dimension).
std::vector<float> Projected(const AppClassifier& app, std::span<const float> features);

}  // namespace verger
