#include "core/classify/classifier.h"

#include <algorithm>
#include <cstddef>

#include "core/classify/calibrate.h"
#include "core/classify/discriminants.h"
#include "core/pca/multiply.h"

namespace verger {
namespace {

// Rows at a time: what lies between them and their answers stays small.
constexpr std::size_t kBlock = 1024;

std::vector<float> Transformed(const Classifier& classifier, std::span<const float> features) {
  std::vector<float> rows(features.begin(), features.end());
  Apply(classifier.transform, classifier.dimension, rows);
  return rows;
}

Panels WeightsOf(const Classifier& classifier) {
  return {classifier.dimension,
          static_cast<int>(classifier.labels.size()),
          {classifier.linear.weights.data(), 1, classifier.dimension}};
}

std::vector<double> LinearScoresOf(const Classifier& classifier, const Panels& weights,
                                   std::span<const float> rows) {
  const auto width = static_cast<std::size_t>(classifier.dimension);
  const std::size_t labels = classifier.labels.size();
  const std::size_t count = rows.size() / width;
  const std::vector<double> wide(rows.begin(), rows.end());
  std::vector<double> scores;
  scores.reserve(count * labels);
  for (std::size_t i = 0; i < count; ++i) {
    scores.insert(scores.end(), classifier.linear.bias.begin(), classifier.linear.bias.end());
  }
  MultiplyAdd(1.0, static_cast<int>(count), {wide.data(), classifier.dimension, 1}, weights,
              scores.data(), static_cast<std::ptrdiff_t>(labels));
  return scores;
}

// Of the places of rows and their squared distances to each label. Requires: not kLogistic.
std::vector<double> ScoresOf(const Classifier& classifier, std::span<const double> places,
                             std::span<const double> distances) {
  if (classifier.method == Method::kLda) return LdaScores(classifier.space, distances);
  return RelativeScores(classifier.space, places, distances);
}

}  // namespace

std::string_view NameOf(Method method) {
  switch (method) {
    case Method::kRelative:
      return "relative";
    case Method::kLda:
      return "lda";
    case Method::kLogistic:
      break;
  }
  return "logistic";
}

std::optional<Method> MethodNamed(std::string_view name) {
  if (name == "relative") return Method::kRelative;
  if (name == "lda") return Method::kLda;
  if (name == "logistic") return Method::kLogistic;
  return std::nullopt;
}

std::vector<double> ScoreRows(const Classifier& classifier, std::span<const float> features) {
  const std::vector<float> rows = Transformed(classifier, features);
  if (classifier.method == Method::kLogistic) {
    return LinearScoresOf(classifier, WeightsOf(classifier), rows);
  }
  const std::vector<double> places = Place(classifier.space, classifier.dimension, rows);
  return ScoresOf(classifier, places, SquaredDistances(classifier.space, places));
}

Answerer::Answerer(const Classifier& classifier)
    : classifier_(classifier),
      axes_(AxesOf(classifier.space, classifier.dimension)),
      means_(MeansOf(classifier.space)),
      linear_(classifier.method == Method::kLogistic ? std::optional(WeightsOf(classifier))
                                                     : std::nullopt) {}

Answers Answerer::Answer(std::span<const float> features) const {
  const std::size_t width = static_cast<std::size_t>(classifier_.dimension);
  Answers answers;
  for (std::size_t begin = 0; begin < features.size(); begin += kBlock * width) {
    const std::vector<float> rows = Transformed(
        classifier_, features.subspan(begin, std::min(kBlock * width, features.size() - begin)));
    const std::vector<double> places = Place(classifier_.space, axes_, rows);
    const std::vector<double> distances = SquaredDistances(classifier_.space, means_, places);
    const std::vector<double> scores = linear_ ? LinearScoresOf(classifier_, *linear_, rows)
                                               : ScoresOf(classifier_, places, distances);
    const std::vector<float> probabilities = Probabilities(
        scores, static_cast<int>(classifier_.labels.size()), classifier_.confidence.temperature);
    answers.probabilities.insert(answers.probabilities.end(), probabilities.begin(),
                                 probabilities.end());
    const std::vector<double> novelties = Novelties(classifier_.space, places, distances);
    answers.novelties.insert(answers.novelties.end(), novelties.begin(), novelties.end());
  }
  return answers;
}

}  // namespace verger
