#include "core/evaluate/evaluate.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/classify/rounds.h"
#include "core/evaluate/group_alike.h"
#include "core/evaluate/groups.h"
#include "core/runs/numbers.h"

namespace verger {
namespace {

constexpr std::int64_t kScale = 1000;  // of progress: steps are cut into so many

// One step after the other of a known number, each with a progress of its own. A step that trains
// several times reports each training from its start; what is passed on never goes back.
class Steps {
 public:
  Steps(const Progress& progress, int count) : progress_(progress), count_(count) {}

  Progress Next() {
    ++begun_;
    return [this](std::int64_t done, std::int64_t total) { return Report(done, total); };
  }

  bool Report(std::int64_t done, std::int64_t total) {
    if (!progress_) return true;
    const std::int64_t part = total > 0 ? std::min(done, total) * kScale / total : 0;
    done_ = std::max(done_, (begun_ - 1) * kScale + part);
    return progress_(done_, count_ * kScale);
  }

 private:
  const Progress& progress_;
  const std::int64_t count_;
  std::int64_t begun_ = 0;
  std::int64_t done_ = 0;
};

std::string ReasonOf(const Likeness& likeness) {
  const auto leaks = static_cast<std::int64_t>(likeness.leaks.size());
  return likeness.tested == 0
             ? "no test photos were compared"
             : fmt::format(
                   "{} of {} ({:.1f} %) {} a neighbouring frame or a near copy among the "
                   "training photos",
                   WithCommas(leaks), Pluralize(likeness.tested, "test photo", "test photos"),
                   100.0 * static_cast<double>(leaks) / static_cast<double>(likeness.tested),
                   leaks == 1 ? "has" : "have");
}

Result<std::vector<int>> Group(const EvaluationRows& rows, const EvaluateSettings& settings,
                               const Progress& progress) {
  if (settings.names_say_nothing) return GroupAlike(rows, settings.threads, progress);
  const std::string& pattern = settings.groups;
  const std::vector<RowPair> equal = EqualRows(rows);
  if (!pattern.empty()) return GroupRowsByPattern(rows.paths, pattern, equal);
  std::vector<std::string> labels;
  for (const int label : rows.labels) {
    labels.push_back(rows.label_names[static_cast<std::size_t>(label)]);
  }
  return GroupRows(rows.paths, labels, equal);
}

class Evaluator {
 public:
  Evaluator(const EvaluationRows& rows, const EvaluationRows* test,
            const EvaluateSettings& settings, const Progress& progress)
      : rows_(rows), test_(test), settings_(settings), steps_(progress, StepCount()) {
    train_.method = settings.method;
    train_.shrinkage = settings.shrinkage;
    train_.transform = settings.transform;
    train_.penalty = settings.penalty;
    train_.threads = settings.threads;
    result_.photos = static_cast<std::int64_t>(rows.size());
    result_.method = settings.method;
  }

  Result<Evaluation> Do() {
    VERGER_ASSIGN_OR_RETURN(groups_, Group(rows_, settings_, steps_.Next()));
    result_.groups_count =
        groups_.empty() ? 0 : *std::max_element(groups_.begin(), groups_.end()) + 1;
    const Split random = SplitAtRandom(rows_.paths, rows_.labels);
    VERGER_RETURN_IF_ERROR(RequireRows(random));
    VERGER_ASSIGN_OR_RETURN(result_.likeness,
                            Compare(rows_, groups_, random, settings_.threads, steps_.Next()));
    VERGER_ASSIGN_OR_RETURN(const Trial naive, TryOne(random));
    result_.random = FiguresOf(naive);
    result_.inflation.naive = result_.random.accuracy;
    result_.inflation.reason = ReasonOf(result_.likeness);
    VERGER_RETURN_IF_ERROR(TryHonest());
    VERGER_RETURN_IF_ERROR(MeasureStrangers());
    VERGER_ASSIGN_OR_RETURN(
        result_.label_errors,
        LikelyLabelErrors(rows_, folds_.tested, settings_.threads, steps_.Next()));
    if (test_ != nullptr) VERGER_RETURN_IF_ERROR(TryOther());
    return std::move(result_);
  }

 private:
  int StepCount() const { return 2 + 3 + kRounds + 1 + 1 + (test_ != nullptr ? 2 : 0); }

  TrainSettings Settings() {
    TrainSettings settings = train_;
    settings.progress = [next = steps_.Next()](int done, int total) { return next(done, total); };
    return settings;
  }

  Status RequireRows(const Split& random) const {
    if (std::count(random.begin(), random.end(), Role::kTest) > 0) return Ok();
    return Error{Code::kBadFeatures,
                 fmt::format("{}: nothing can be held out; give at least two photos of a label",
                             Pluralize(result_.photos, "photo", "photos"))};
  }

  Result<Trial> TryOne(const Split& split) { return Try(rows_, split, groups_, Settings()); }

  // Splits that do not leak; the least is the honest one.
  Status TryHonest() {
    const auto angle = SplitByAngle(rows_.paths, rows_.labels);
    const auto axis = SplitByAxis(rows_.paths, rows_.labels);
    Trial honest;
    const auto take = [&](Trial trial, const char* name, Figures* figures) {
      *figures = FiguresOf(trial);
      if (TakeIfLower(figures->accuracy, name)) honest = std::move(trial);
    };
    if (angle) {
      VERGER_ASSIGN_OR_RETURN(Trial trial, TryOne(*angle));
      take(std::move(trial), "angle", &result_.angle.emplace());
    }
    if (axis) {
      VERGER_ASSIGN_OR_RETURN(Trial trial, TryOne(*axis));
      take(std::move(trial), "axis", &result_.axis.emplace());
    }
    VERGER_RETURN_IF_ERROR(TryGroups());
    take(folds_, "groups", &result_.groups);
    result_.groups.photos_set_aside = set_aside_;
    const Inflation& inflation = result_.inflation;
    result_.own_split = inflation.split;
    if (inflation.split == "angle") result_.own_splits = {*angle};
    if (inflation.split == "axis") result_.own_splits = {*axis};
    if (inflation.split == "groups") result_.own_splits = group_splits_;
    result_.confusion = Confusion(honest.tested);
    result_.mistakes = WorstMistakes(honest.tested);
    if (angle) {
      unknown_splits_ = {*angle};
      result_.unknown_split = "angle";
      usual_ = *result_.angle;
    } else {
      unknown_splits_ = group_splits_;
      result_.unknown_split = "groups";
      usual_ = result_.groups;
    }
    return Ok();
  }

  // Whether it is the honest score so far.
  bool TakeIfLower(double accuracy, const char* split) {
    Inflation& inflation = result_.inflation;
    if (!inflation.split.empty() && accuracy >= inflation.honest) return false;
    inflation.honest = accuracy;
    inflation.split = split;
    inflation.points = 100 * (inflation.naive - accuracy);
    return true;
  }

  Status TryGroups() {
    const std::vector<int> rounds = RoundsOf(rows_.labels, groups_);
    for (int round = 0; round < kRounds; ++round) {
      Split fold = SplitByFold(rounds, round);
      const std::int64_t aside = SetAside(rows_, result_.likeness, &fold);
      if (!LeaveOutNewLabels(rows_.labels, &fold)) continue;
      set_aside_ += aside;
      group_splits_.push_back(std::move(fold));
    }
    if (group_splits_.empty()) {
      return Error{Code::kBadFeatures,
                   settings_.groups.empty()
                       ? "no label has photos of two groups, so nothing can be held out; add "
                         "photos of other series"
                       : fmt::format("--groups '{}': no label has photos of two groups, so nothing "
                                     "can be held out; give a finer pattern",
                                     settings_.groups)};
    }
    TrainSettings settings = train_;
    Progress next;
    settings.progress = [this, &next](int done, int total) {
      if (!next || done == 1) next = steps_.Next();
      return next(done, total);
    };
    VERGER_ASSIGN_OR_RETURN(folds_, TryFolds(rows_, group_splits_, groups_, settings));
    return Ok();
  }

  Status MeasureStrangers() {
    TrainSettings settings = Settings();
    settings.transform = usual_.transform;
    settings.shrinkage = usual_.shrinkage;
    VERGER_ASSIGN_OR_RETURN(result_.unknown,
                            MeasureUnknown(rows_, unknown_splits_, groups_, settings));
    return Ok();
  }

  // Trains on all photos here, tests all of the other output.
  Status TryOther() {
    VERGER_ASSIGN_OR_RETURN(const Classifier classifier,
                            TrainOn(rows_, Split(rows_.size(), Role::kTrain), groups_, Settings()));
    std::vector<std::size_t> all(test_->size());
    for (std::size_t row = 0; row < all.size(); ++row) all[row] = row;
    Trial trial;
    trial.tested = Test(classifier, *test_, all, settings_.threads);
    result_.test_new_labels = static_cast<std::int64_t>(
        std::erase_if(trial.tested, [](const Tested& photo) { return photo.label < 0; }));
    if (trial.tested.empty()) {
      return Error{Code::kBadFeatures,
                   "--test: no photo has a label that OUT has: give an output of the same fruit"};
    }
    trial.trained = result_.photos;
    trial.left_out = result_.test_new_labels;
    trial.transform = classifier.transform;
    trial.shrinkage = classifier.shrinkage;
    result_.test = FiguresOf(trial);
    result_.test_confusion = Confusion(trial.tested);
    result_.test_mistakes = WorstMistakes(trial.tested);
    VERGER_ASSIGN_OR_RETURN(result_.test_alike,
                            CountAlike(*test_, rows_, result_.likeness.alike_across_labels,
                                       settings_.threads, steps_.Next()));
    const auto photos = static_cast<double>(test_->size());
    if (static_cast<double>(result_.test_alike) <= kMostAlike * photos) {
      TakeIfLower(result_.test->accuracy, "test");
    }
    return Ok();
  }

  const EvaluationRows& rows_;
  const EvaluationRows* const test_;
  const EvaluateSettings& settings_;
  Steps steps_;
  TrainSettings train_;
  std::vector<int> groups_;
  Trial folds_;
  std::int64_t set_aside_ = 0;
  std::vector<Split> group_splits_;
  std::vector<Split> unknown_splits_;
  Figures usual_;  // whose settings the unknown are measured by
  Evaluation result_;
};

}  // namespace

Result<Evaluation> Evaluate(const EvaluationRows& rows, const EvaluationRows* test,
                            const EvaluateSettings& settings, const Progress& progress) {
  return Evaluator(rows, test, settings, progress).Do();
}

}  // namespace verger
