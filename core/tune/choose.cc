#include "core/tune/choose.h"

#include <fmt/core.h>

#include <algorithm>

namespace verger {
namespace {

double Share(int part, int whole) { return whole > 0 ? static_cast<double>(part) / whole : 0; }

bool LabelsDecide(const TuneReport& report) {
  const Measured& base = report.candidates[0];
  return base.classed >= kLeastClassed && report.chance < 1 &&
         Share(base.right, base.classed) >= (1 + 3 * report.chance) / 4;
}

std::string RuleOf(const TuneReport& report, bool by_labels) {
  const Measured& base = report.candidates[0];
  if (by_labels) {
    return fmt::format("accuracy by label on {} photos, at most {:.1f} points or one photo lost",
                       base.classed, 100 * kMostAccuracyLost);
  }
  const std::string cosine = fmt::format("mean cosine of features, at least {}", kLeastMeanCosine);
  if (base.classed < kLeastClassed) {
    return fmt::format("{}, because {} photos with a label to compare are too few", cosine,
                       base.classed);
  }
  return fmt::format("{}, because features do not distinguish labels: {:.0f} % right", cosine,
                     100 * Share(base.right, base.classed));
}

// What tells a candidate from the base, or all of it.
std::string NameOf(const Measured& candidate, const Measured& base) {
  const Model& model = *candidate.model;
  const std::string precision(NameOf(model.precision));
  if (candidate.reference == base.reference) return precision;
  return fmt::format("{} {} at {} x {}", model.name, precision, model.preset.input.width,
                     model.preset.input.height);
}

// As a multiple of the base's, by turns where they took turns.
double SpeedOf(const Measured& candidate, const Measured& base) {
  if (candidate.reference == base.reference) return candidate.speed / base.speed;
  return candidate.photos_per_second / base.photos_per_second;
}

std::string Lost(const Measured& candidate) {
  const double points = 100 * (Share(candidate.base_right, candidate.classed) -
                               Share(candidate.right, candidate.classed));
  if (points == 0) return "loses no accuracy";
  return points < 0 ? fmt::format("gains {:.1f} points of accuracy", -points)
                    : fmt::format("loses {:.1f} points of accuracy", points);
}

class Rule {
 public:
  explicit Rule(const TuneReport& report)
      : report_(report), base_(report.candidates[0]), by_labels_(LabelsDecide(report)) {}

  bool by_labels() const { return by_labels_; }

  bool AsGood(const Measured& candidate) const {
    if (candidate.photos == 0 || candidate.lost > 0) return false;
    if (by_labels_) {
      if (TooFew(candidate)) return false;
      const int lost = candidate.base_right - candidate.right;
      return lost <= std::max(1.0, kMostAccuracyLost * candidate.classed);
    }
    return candidate.reference == base_.reference && candidate.mean_cosine >= kLeastMeanCosine;
  }

  // Why a candidate that is not taken is not.
  std::string Against(const Measured& candidate, const Measured& winner) const {
    const std::string name = NameOf(candidate, base_);
    if (!candidate.failure.empty()) {
      return fmt::format("{} was not measured: {}", name, candidate.failure);
    }
    if (candidate.lost > 0) {
      return fmt::format("{} gives no features of {} {}", name, candidate.lost,
                         candidate.lost == 1 ? "photo" : "photos");
    }
    if (candidate.photos == 0) {
      return fmt::format("{} was not measured{}", name,
                         report_.short_work ? ": the base does this work in seconds" : "");
    }
    if (!AsGood(candidate)) {
      if (by_labels_ && TooFew(candidate)) {
        return fmt::format("{} was measured on {} photos, too few: give more --seconds", name,
                           candidate.photos);
      }
      if (by_labels_) return fmt::format("{} {}", name, Lost(candidate));
      if (candidate.reference != base_.reference) {
        return fmt::format("{} has other features, which only labels could judge", name);
      }
      return fmt::format("{} has a mean cosine of {:.4f}", name, candidate.mean_cosine);
    }
    const double speed = SpeedOf(candidate, base_);
    if (&candidate == &base_) return fmt::format("{} is slower", name);
    if (speed < kLeastSpeed) return fmt::format("{} is {:.2f} times as fast", name, speed);
    return fmt::format("{} is slower than {}", name, NameOf(winner, base_));
  }

  std::string For(const Measured& winner) const {
    const std::string name = NameOf(winner, base_);
    if (&winner == &base_) {
      return fmt::format("{}, {:.0f} photos a second", name, winner.photos_per_second);
    }
    std::string why =
        fmt::format("{}, {:.0f} photos a second, {:.1f} times as fast as {}", name,
                    winner.photos_per_second, SpeedOf(winner, base_), NameOf(base_, base_));
    if (by_labels_) why += fmt::format("; {} of {} photos", Lost(winner), winner.classed);
    if (winner.reference == base_.reference) {
      why += fmt::format("; mean cosine {:.4f}", winner.mean_cosine);
    }
    return why;
  }

 private:
  // One photo that a candidate may lose is no small share of a few.
  bool TooFew(const Measured& candidate) const {
    return candidate.classed < std::min(kLeastClassed, base_.classed);
  }

  const TuneReport& report_;
  const Measured& base_;
  const bool by_labels_;
};

}  // namespace

Choice Choose(const TuneReport& report) {
  const Rule rule(report);
  const std::vector<Measured>& all = report.candidates;
  Choice choice;
  choice.by_labels = rule.by_labels();
  choice.rule = RuleOf(report, rule.by_labels());
  double best = kLeastSpeed;
  for (std::size_t at = 0; at < all.size(); ++at) {
    choice.as_good.push_back(at == 0 || rule.AsGood(all[at]));
    const bool faster = at != 0 && choice.as_good[at] && SpeedOf(all[at], all[0]) >= best;
    if (faster) {
      best = SpeedOf(all[at], all[0]);
      choice.winner = at;
    }
    const Measured& leader = all[choice.most_accurate];
    const bool comparable = all[at].lost == 0 && all[at].classed == leader.classed;
    if (rule.by_labels() && comparable && all[at].right > leader.right) {
      choice.most_accurate = at;
    }
  }
  for (std::size_t at = 0; at < all.size(); ++at) {
    choice.others.push_back(at == choice.winner ? "" : rule.Against(all[at], all[choice.winner]));
  }
  choice.why = rule.For(all[choice.winner]);
  return choice;
}

}  // namespace verger
