#include "core/classify/train.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/classify/calibrate.h"
#include "core/classify/choose_settings.h"
#include "core/classify/discriminants.h"
#include "core/classify/logistic.h"
#include "core/classify/rounds.h"

namespace verger {
namespace {

Error OutOfBounds(const char* what, double value) {
  return {Code::kBadCall,
          fmt::format("{} is {}: choose one above 0 and below 1, such as 0.05", what, value)};
}

Status Check(const TrainSettings& settings) {
  const auto inside = [](double share) { return share > 0 && share < 1; };
  if (!inside(settings.coverage)) return OutOfBounds("coverage", settings.coverage);
  if (!inside(settings.false_accepts)) return OutOfBounds("false_accepts", settings.false_accepts);
  return Ok();
}

// Rows of labels that have some, labels numbered without gaps.
struct UsedLabels {
  std::vector<std::string> names;
  std::vector<int> labels;
};

UsedLabels Used(const TrainingRows& rows) {
  std::vector<bool> used(rows.label_names.size());
  for (const int label : rows.labels) used[static_cast<std::size_t>(label)] = true;
  std::vector<int> number(used.size());
  UsedLabels all;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    number[i] = static_cast<int>(all.names.size());
    all.names.push_back(rows.label_names[i]);
  }
  for (const int label : rows.labels) {
    all.labels.push_back(number[static_cast<std::size_t>(label)]);
  }
  return all;
}

Result<Classifier> FromMoments(ClassMoments moments, Transform transform, double shrinkage) {
  VERGER_ASSIGN_OR_RETURN(Discriminants fit, FindDiscriminants(moments, shrinkage));
  Classifier classifier;
  classifier.dimension = moments.dimension();
  for (const auto& [name, label] : moments.labels()) classifier.labels.push_back(name);
  classifier.transform = transform;
  classifier.shrinkage = shrinkage;
  classifier.moments = std::move(moments);
  classifier.space = std::move(fit.space);
  classifier.linear = std::move(fit.linear);
  classifier.confidence.least_share = 0;
  return classifier;
}

void SetMethod(Method method, Classifier* classifier) {
  classifier->method = method;
  // Until it is fitted: about what relative distances of real photos come to.
  if (method == Method::kRelative) classifier->confidence.temperature = kUsualTemperature;
}

// One training: rounds, choice, fit, calibration.
class Training {
 public:
  Training(const TrainingRows& rows, const TrainSettings& settings)
      : settings_(settings), used_(Used(rows)), rows_(rows) {
    rows_.labels = used_.labels;
    rows_.label_names = used_.names;
    round_of_.assign(used_.labels.size(), kNeverHeldOut);
    if (settings.calibrate) round_of_ = RoundsOf(used_.labels, rows.groups);
    const auto never = std::count(round_of_.begin(), round_of_.end(), kNeverHeldOut);
    held_out_ = round_of_.size() - static_cast<std::size_t>(never);
  }

  Result<Classifier> Do() {
    VERGER_RETURN_IF_ERROR(RequireLabels(used_.names.size()));
    VERGER_ASSIGN_OR_RETURN(Choice choice, ChooseTransform());
    VERGER_RETURN_IF_ERROR(ChooseShrinkage(&choice));
    RoundRows& rounds = choice.rounds;
    VERGER_ASSIGN_OR_RETURN(Classifier classifier, FromMoments(rounds.TakeAll(), rounds.transform(),
                                                               choice.trial.shrinkage));
    SetMethod(settings_.method, &classifier);
    if (settings_.method == Method::kLogistic) {
      classifier.penalty = settings_.penalty;
      VERGER_ASSIGN_OR_RETURN(classifier.linear, Logistic(rounds.rows(), used_.labels));
    }
    VERGER_RETURN_IF_ERROR(Step());
    if (held_out_ > 0) VERGER_RETURN_IF_ERROR(Calibrate(std::move(choice), &classifier));
    return classifier;
  }

 private:
  // Scores of the rows held out, at one shrinkage; none if no row is held out.
  struct Trial {
    double shrinkage = kUsualShrinkage;
    RoundScores scores;
    Measured accuracy;
  };
  struct Choice {
    RoundRows rounds;
    Trial trial;
  };

  Status Step() {
    ++done_;
    const int total = settings_.method == Method::kLogistic ? kSteps + kRounds : kSteps;
    if (settings_.progress && !settings_.progress(done_, total)) {
      return Error{Code::kStopped, "training was stopped"};
    }
    return Ok();
  }

  RoundRows GatherRows(Transform transform) const {
    return {rows_, round_of_, transform, settings_.threads};
  }

  Result<Choice> TryTransform(Transform transform) {
    Choice choice{GatherRows(transform), {settings_.shrinkage.value_or(kUsualShrinkage), {}, {}}};
    VERGER_RETURN_IF_ERROR(Step());
    if (held_out_ > 0) {
      VERGER_ASSIGN_OR_RETURN(choice.trial, TryShrinkage(choice.rounds, choice.trial.shrinkage));
    }
    return choice;
  }

  Result<Choice> ChooseTransform() {
    if (settings_.transform || held_out_ == 0) {
      return TryTransform(settings_.transform.value_or(Transform::kRoot));
    }
    VERGER_ASSIGN_OR_RETURN(Choice root, TryTransform(Transform::kRoot));
    VERGER_ASSIGN_OR_RETURN(Choice none, TryTransform(Transform::kNone));
    const Measured both[] = {root.trial.accuracy, none.trial.accuracy};
    return ChooseSetting(both) == 0 ? std::move(root) : std::move(none);
  }

  Result<Trial> TryShrinkage(const RoundRows& rounds, double shrinkage) {
    Trial trial{shrinkage, {}, {}};
    VERGER_ASSIGN_OR_RETURN(trial.scores,
                            ScoreRounds(rounds, settings_.method, shrinkage, settings_.threads));
    VERGER_RETURN_IF_ERROR(Step());
    trial.accuracy = AccuracyOf(trial.scores, static_cast<int>(used_.names.size()), rows_.groups);
    return trial;
  }

  // Scores of two shrinkages are in memory at a time: the usual one's and the best of the others.
  Status ChooseShrinkage(Choice* choice) {
    if (settings_.shrinkage || held_out_ == 0) return Ok();
    std::optional<Trial> best;
    for (const double shrinkage : kShrinkages) {
      if (shrinkage == choice->trial.shrinkage) continue;
      VERGER_ASSIGN_OR_RETURN(Trial trial, TryShrinkage(choice->rounds, shrinkage));
      if (!best || trial.accuracy.value > best->accuracy.value) best = std::move(trial);
    }
    const Measured both[] = {choice->trial.accuracy, best->accuracy};
    if (ChooseSetting(both) == 1) choice->trial = std::move(*best);
    return Ok();
  }

  Result<LinearScores> Logistic(std::span<const float> rows, std::span<const int> labels) {
    LogisticSettings logistic;
    logistic.penalty = settings_.penalty;
    logistic.threads = settings_.threads;
    return FitLogistic(rows, rows_.dimension, labels, static_cast<int>(used_.names.size()),
                       logistic);
  }

  // Scores of logistic regression in the place of LDA's.
  Status ScoreByLogistic(const RoundRows& rounds, RoundScores* scores) {
    const auto width = static_cast<std::size_t>(rounds.dimension());
    Classifier fit;
    fit.dimension = rounds.dimension();
    fit.method = Method::kLogistic;
    fit.labels = used_.names;
    std::size_t done = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::vector<float> rows;
      std::vector<int> labels;
      std::vector<float> held_out;
      for (std::size_t i = 0; i < round_of_.size(); ++i) {
        const std::span<const float> row = rounds.rows().subspan(i * width, width);
        if (round_of_[i] == round) {
          held_out.insert(held_out.end(), row.begin(), row.end());
        } else {
          rows.insert(rows.end(), row.begin(), row.end());
          labels.push_back(used_.labels[i]);
        }
      }
      if (held_out.empty()) continue;
      VERGER_ASSIGN_OR_RETURN(fit.linear, Logistic(rows, labels));
      const std::vector<double> of_round = ScoreRows(fit, held_out);
      std::copy(of_round.begin(), of_round.end(),
                scores->scores.begin() + static_cast<std::ptrdiff_t>(done));
      done += of_round.size();
      VERGER_RETURN_IF_ERROR(Step());
    }
    return Ok();
  }

  Status Calibrate(Choice choice, Classifier* classifier) {
    RoundScores& scores = choice.trial.scores;
    if (settings_.method == Method::kLogistic) {
      VERGER_RETURN_IF_ERROR(ScoreByLogistic(choice.rounds, &scores));
    }
    const int labels = static_cast<int>(used_.names.size());
    Confidence& confidence = classifier->confidence;
    confidence.coverage = settings_.coverage;
    confidence.false_accepts = settings_.false_accepts;
    confidence.temperature = FitTemperature({scores.scores, scores.truth, labels});
    const std::vector<float> probabilities =
        Probabilities(scores.scores, labels, confidence.temperature);
    const std::vector<float> own = OwnProbabilities(probabilities, scores.truth);
    confidence.least_share = LeastShare(own, settings_.coverage);
    confidence.most_novelty = MostNovelty(scores);
    const auto accepts = [&](const std::vector<double>& novelties) {
      const auto count = std::count_if(novelties.begin(), novelties.end(), [&](double novelty) {
        return novelty <= confidence.most_novelty;
      });
      return static_cast<double>(count) / static_cast<double>(novelties.size());
    };
    classifier->held_out = {static_cast<std::int64_t>(held_out_),
                            AccuracyOf(scores, labels, rows_.groups).value,
                            CalibrationError(probabilities, scores.truth, labels),
                            CoverageAcrossRounds(scores, own),
                            accepts(scores.novelty),
                            accepts(scores.novelty_unseen),
                            AreaUnderCurve(scores.novelty, scores.novelty_unseen)};
    return Ok();
  }

  // Photos without their own label are what unknown fruit is like, unless so few labels are left
  // that a photo lies near one of them by chance: there, as many known photos are called unknown.
  double MostNovelty(const RoundScores& scores) const {
    constexpr std::size_t kFewLabels = 5;
    return used_.names.size() < kFewLabels
               ? Quantile(scores.novelty, 1 - settings_.false_accepts)
               : Quantile(scores.novelty_unseen, settings_.false_accepts);
  }

  // Each round's sets by the least share that the others give.
  double CoverageAcrossRounds(const RoundScores& scores, const std::vector<float>& own) const {
    double inside = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::vector<float> others;
      for (std::size_t i = 0; i < own.size(); ++i) {
        if (round_of_[scores.rows[i]] != round) others.push_back(own[i]);
      }
      const double least = LeastShare(others, settings_.coverage);
      for (std::size_t i = 0; i < own.size(); ++i) {
        if (round_of_[scores.rows[i]] == round && own[i] >= least) ++inside;
      }
    }
    return inside / static_cast<double>(own.size());
  }

  // At most; of settings that are fixed, the last steps are left out.
  static constexpr int kSteps = 10;

  const TrainSettings& settings_;
  const UsedLabels used_;
  TrainingRows rows_;
  std::vector<int> round_of_;
  std::size_t held_out_ = 0;
  int done_ = 0;
};

}  // namespace

Result<Classifier> Train(const TrainingRows& rows, const TrainSettings& settings) {
  VERGER_RETURN_IF_ERROR(Check(settings));
  return Training(rows, settings).Do();
}

Result<Classifier> TrainByMoments(ClassMoments moments, Method method, Transform transform,
                                  double shrinkage) {
  if (method == Method::kLogistic) {
    return Error{Code::kBadCall,
                 "logistic regression needs every row, not their moments: choose relative or lda"};
  }
  VERGER_ASSIGN_OR_RETURN(Classifier classifier,
                          FromMoments(std::move(moments), transform, shrinkage));
  SetMethod(method, &classifier);
  return classifier;
}

}  // namespace verger
