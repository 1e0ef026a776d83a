#include "core/evaluate/trial.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/parallel.h"

namespace verger {
namespace {

constexpr std::size_t kPiece = 4096;

std::vector<std::size_t> RowsOf(const Split& split, Role role) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < split.size(); ++row) {
    if (split[row] == role) rows.push_back(row);
  }
  return rows;
}

std::vector<float> FeaturesOf(const EvaluationRows& rows, std::span<const std::size_t> which) {
  std::vector<float> features;
  features.reserve(which.size() * rows.width());
  for (const std::size_t row : which) {
    const std::span<const float> values = rows.row(row);
    features.insert(features.end(), values.begin(), values.end());
  }
  return features;
}

// Of each label of the classifier, its index among the rows' names.
std::vector<int> NumbersOf(const Classifier& classifier, const EvaluationRows& rows) {
  std::vector<int> numbers;
  for (const std::string& label : classifier.labels) {
    const auto at = std::lower_bound(rows.label_names.begin(), rows.label_names.end(), label);
    numbers.push_back(at != rows.label_names.end() && *at == label
                          ? static_cast<int>(at - rows.label_names.begin())
                          : -1);
  }
  return numbers;
}

Tested JudgeStranger(std::span<const float> probabilities, float least_share) {
  Tested tested = Judge(probabilities, 0, least_share);
  tested.label = -1;
  tested.label_probability = 0;
  tested.in_set = tested.in_top3 = false;
  return tested;
}

}  // namespace

std::vector<Tested> Test(const Classifier& classifier, const EvaluationRows& rows,
                         std::span<const std::size_t> which, int threads) {
  const std::vector<int> numbers = NumbersOf(classifier, rows);
  std::vector<int> column_of(rows.label_names.size(), -1);
  for (std::size_t column = 0; column < numbers.size(); ++column) {
    if (numbers[column] >= 0) {
      column_of[static_cast<std::size_t>(numbers[column])] = static_cast<int>(column);
    }
  }
  const std::size_t labels = numbers.size();
  const auto least_share = static_cast<float>(classifier.confidence.least_share);
  // No larger than shares the rows among the threads.
  const std::size_t share = which.size() / static_cast<std::size_t>(std::max(threads, 1)) + 1;
  const std::size_t piece_size = std::min(kPiece, share);
  const std::size_t pieces = (which.size() + piece_size - 1) / piece_size;
  std::vector<Tested> tested(which.size());
  const Answerer answerer(classifier);
  ForEachPiece(static_cast<int>(pieces), threads, [&](int piece) {
    const std::size_t begin = static_cast<std::size_t>(piece) * piece_size;
    const std::size_t count = std::min(piece_size, which.size() - begin);
    const Answers answers = answerer.Answer(FeaturesOf(rows, which.subspan(begin, count)));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = which[begin + i];
      const auto probabilities = std::span(answers.probabilities).subspan(i * labels, labels);
      const int column = column_of[static_cast<std::size_t>(rows.labels[row])];
      Tested& photo = tested[begin + i];
      photo = column < 0 ? JudgeStranger(probabilities, least_share)
                         : Judge(probabilities, column, least_share);
      photo.row = row;
      photo.novelty = answers.novelties[i];
      photo.answer = numbers[static_cast<std::size_t>(photo.answer)];
      if (column >= 0) photo.label = rows.labels[row];
    }
  });
  return tested;
}

Result<Classifier> TrainOn(const EvaluationRows& rows, const Split& split,
                           std::span<const int> groups, const TrainSettings& settings) {
  const std::vector<std::size_t> which = RowsOf(split, Role::kTrain);
  const std::vector<float> features = FeaturesOf(rows, which);
  std::vector<int> labels;
  std::vector<int> of_group;
  for (const std::size_t row : which) {
    labels.push_back(rows.labels[row]);
    of_group.push_back(groups[row]);
  }
  return Train({rows.dimension, features, labels, of_group, rows.label_names}, settings);
}

Result<Trial> Try(const EvaluationRows& rows, const Split& split, std::span<const int> groups,
                  const TrainSettings& settings) {
  VERGER_ASSIGN_OR_RETURN(const Classifier classifier, TrainOn(rows, split, groups, settings));
  Trial trial;
  trial.tested = Test(classifier, rows, RowsOf(split, Role::kTest), settings.threads);
  trial.trained = std::count(split.begin(), split.end(), Role::kTrain);
  trial.left_out = std::count(split.begin(), split.end(), Role::kOut);
  trial.transform = classifier.transform;
  trial.shrinkage = classifier.shrinkage;
  return trial;
}

Result<Trial> TryFolds(const EvaluationRows& rows, std::span<const Split> folds,
                       std::span<const int> groups, const TrainSettings& settings) {
  Trial all;
  std::vector<bool> used(rows.size());
  std::int64_t trained = 0;
  for (const Split& fold : folds) {
    VERGER_ASSIGN_OR_RETURN(Trial trial, Try(rows, fold, groups, settings));
    all.tested.insert(all.tested.end(), trial.tested.begin(), trial.tested.end());
    all.transform = trial.transform;
    all.shrinkage = trial.shrinkage;
    trained += trial.trained;
  }
  for (const Tested& photo : all.tested) used[photo.row] = true;
  all.left_out = std::count(used.begin(), used.end(), false);
  all.trained = folds.empty() ? 0 : trained / static_cast<std::int64_t>(folds.size());
  std::sort(all.tested.begin(), all.tested.end(),
            [](const Tested& a, const Tested& b) { return a.row < b.row; });
  return all;
}

}  // namespace verger
