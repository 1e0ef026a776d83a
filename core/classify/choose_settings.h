// choose_settings.h: the transform and the shrinkage that do best on groups held out.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/classify/class_moments.h"
#include "core/classify/train.h"

namespace verger {

inline constexpr double kShrinkages[] = {kUsualShrinkage, 0.02, 0.05, 0.1, 0.4, 0.6};

// Rows under one transform, with the moments that each round learns from.
class RoundRows {
 public:
  // Cost:   rows * dimension^2 / 2 multiply-adds.
  // Memory: a copy of the features, unless `transform` leaves them as they are.
  RoundRows(const TrainingRows& rows, std::span<const int> round_of, Transform transform,
            int threads);

  Transform transform() const { return transform_; }
  int dimension() const { return dimension_; }
  std::span<const float> rows() const { return rows_; }  // transformed
  std::span<const std::string> names() const { return names_; }
  std::span<const int> labels() const { return labels_; }
  std::span<const int> round_of() const { return round_of_; }

  const ClassMoments& all() const { return all_; }
  ClassMoments TakeAll() { return std::move(all_); }
  // Of all rows but those that the round holds out.
  const ClassMoments& rest(int round) const { return rest_[static_cast<std::size_t>(round)]; }
  // Indices of the rows that the round holds out, ascending.
  std::vector<std::size_t> HeldOut(int round) const;

 private:
  void Gather(int threads);

  Transform transform_;
  int dimension_;
  std::unique_ptr<float[]> transformed_;
  std::span<const float> rows_;
  std::span<const std::string> names_;
  std::span<const int> labels_;
  std::span<const int> round_of_;
  std::vector<ClassMoments> rest_;
  ClassMoments all_;
};

// Scores that each round gives the rows that it holds out.
struct RoundScores {
  std::vector<std::size_t> rows;       // which, round by round
  std::vector<int> truth;              // their labels
  std::vector<double> scores;          // (rows, names), of LDA or by relative distances
  std::vector<double> novelty;         // of each row
  std::vector<double> novelty_unseen;  // the same had its own label never been seen
};

// Errors: of FindDiscriminants, for the labels of each round.
Result<RoundScores> ScoreRounds(const RoundRows& rows, Method method, double shrinkage,
                                int threads);

// A share of rows, and its standard error: photos of a group are right or wrong together, so that
// groups count, and not photos.
// Source: the cluster-robust error of a mean (Liang and Zeger, 1986).
struct Measured {
  double value = 0;
  double error = 0;
};

// Share of rows whose likeliest label is their own. Shape: groups of all rows.
Measured AccuracyOf(const RoundScores& scores, int label_count, std::span<const int> groups);

// Which of `all` to take: the first, which is the usual one, unless another is better than it by
// more than the standard error of the best.
std::size_t ChooseSetting(std::span<const Measured> all);

}  // namespace verger
