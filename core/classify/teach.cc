#include "core/classify/teach.h"

#include <fmt/core.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "core/base/utf8.h"
#include "core/classify/discriminants.h"

namespace verger {
namespace {

Status Refit(Classifier* classifier) {
  VERGER_ASSIGN_OR_RETURN(Discriminants fit,
                          FindDiscriminants(classifier->moments, classifier->shrinkage));
  classifier->space = std::move(fit.space);
  classifier->linear = std::move(fit.linear);
  classifier->labels.clear();
  for (const auto& [name, label] : classifier->moments.labels()) {
    classifier->labels.push_back(name);
  }
  return Ok();
}

ClassMoments MomentsOf(const Classifier& classifier, std::string_view label,
                       std::span<const float> features) {
  std::vector<float> rows(features.begin(), features.end());
  Apply(classifier.transform, classifier.dimension, rows);
  const std::vector<std::string_view> labels(
      rows.size() / static_cast<std::size_t>(classifier.dimension), label);
  ClassMoments moments(classifier.dimension);
  moments.Add(rows, labels);
  return moments;
}

// Logistic regression has no moments that further rows could be added to.
Status CheckMethod(const Classifier& classifier) {
  if (classifier.method != Method::kLogistic) return Ok();
  return Error{Code::kBadCall,
               "a classifier by logistic regression needs every photo to learn a label: train "
               "one by --method relative or lda"};
}

}  // namespace

Status CheckTeachable(const Classifier& classifier) {
  VERGER_RETURN_IF_ERROR(CheckMethod(classifier));
  if (classifier.source.column == "features") return Ok();
  return Error{
      Code::kBadCall,
      "a classifier of pca_features cannot be taught: run verger train --features features"};
}

Result<Classifier> Teach(const Classifier& classifier, std::string_view label,
                         std::span<const float> features) {
  VERGER_RETURN_IF_ERROR(CheckMethod(classifier));
  if (!IsUtf8(label)) {
    return Error{Code::kBadCall,
                 "the label is not UTF-8 text: give another name"};  // as its file has to keep it
  }
  if (label.empty() || features.empty()) {
    return Error{
        Code::kBadCall,
        fmt::format(
            "\"{}\": to teach a label, give its name and photos with features; five are enough",
            label)};
  }
  Classifier taught = classifier;
  taught.moments.Merge(MomentsOf(classifier, label, features));
  const std::size_t rows = features.size() / static_cast<std::size_t>(classifier.dimension);
  taught.taught_labels.insert(taught.taught_labels.end(), rows, std::string(label));
  taught.taught.insert(taught.taught.end(), features.begin(), features.end());
  VERGER_RETURN_IF_ERROR(Refit(&taught));
  return taught;
}

Result<Classifier> Unteach(const Classifier& classifier, std::string_view label) {
  const auto width = static_cast<std::size_t>(classifier.dimension);
  std::vector<float> own;
  Classifier rest = classifier;
  rest.taught_labels.clear();
  rest.taught.clear();
  for (std::size_t i = 0; i < classifier.taught_labels.size(); ++i) {
    const auto row = std::span(classifier.taught).subspan(i * width, width);
    if (classifier.taught_labels[i] == label) {
      own.insert(own.end(), row.begin(), row.end());
    } else {
      rest.taught_labels.push_back(classifier.taught_labels[i]);
      rest.taught.insert(rest.taught.end(), row.begin(), row.end());
    }
  }
  if (own.empty()) {
    return Error{Code::kBadCall, fmt::format("\"{}\" has no taught photos to remove", label)};
  }
  VERGER_RETURN_IF_ERROR(rest.moments.Subtract(MomentsOf(classifier, label, own)));
  VERGER_RETURN_IF_ERROR(Refit(&rest));
  return rest;
}

}  // namespace verger
