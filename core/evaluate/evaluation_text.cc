#include "core/evaluate/evaluation_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "core/runs/numbers.h"
#include "core/runs/printable.h"

namespace verger {
namespace {

constexpr std::size_t kConfusions = 3;

std::string Line(const char* name, const Figures& figures, const char* what) {
  return fmt::format("{:<10}{:>8.2f}{:>9.2f}{:>8.2f}{:>8.2f}{:>7.1f} in {:<6.2f}{:>9}{:>9}  {}\n",
                     name, 100 * figures.accuracy, 100 * figures.macro_f1, 100 * figures.top3,
                     100 * figures.calibration_error, 100 * figures.coverage, figures.set_size,
                     WithCommas(static_cast<std::uint64_t>(figures.photos_trained)),
                     WithCommas(static_cast<std::uint64_t>(figures.photos_tested)), what);
}

std::string Table(const Evaluation& all) {
  std::string text =
      "split     accuracy macro F1   top 3   error   sets           trained   tested\n";
  text += Line("random", all.random, "NAIVE");
  if (all.angle) text += Line("angle", *all.angle, "unseen angles");
  if (all.axis) text += Line("axis", *all.axis, "unseen rotation axis");
  text += Line(
      "groups", all.groups,
      fmt::format("unseen groups, of {}", WithCommas(static_cast<std::uint64_t>(all.groups_count)))
          .c_str());
  if (all.test) text += Line("test", *all.test, "another output");
  return text;
}

std::string HonestLines(const Evaluation& all) {
  const Inflation& inflation = all.inflation;
  const std::string higher = inflation.points > 0
                                 ? fmt::format("is {:.1f} points too high", inflation.points)
                                 : "is no higher";
  return fmt::format("\nHonest: {:.1f} % ({}). The naive {:.1f} % {}: {}.\n",
                     100 * inflation.honest, inflation.split, 100 * inflation.naive, higher,
                     inflation.reason);
}

std::string UnknownLine(const Evaluation& all) {
  if (all.unknown.draws == 0) return "";
  return fmt::format(
      "Unknown fruit: AUROC {:.3f}; {:.0f} % of known photos are accepted where {:.0f} % of "
      "unknown "
      "ones are ({}, {} each, split {}).\n",
      all.unknown.auroc, 100 * all.unknown.true_accepts, 100 * kFalseAccepts,
      Pluralize(all.unknown.draws, "draw", "draws"),
      Pluralize(all.unknown.labels, "label held out", "labels held out"), all.unknown_split);
}

std::string BackgroundLine(const std::optional<Background>& background) {
  if (!background) return "";
  if (background->photos == 0) {
    return fmt::format("Background alone: not measured, {}.\n", Printable(background->reason));
  }
  return fmt::format(
      "Background alone: {:.1f} % by border pixels of {}, chance {:.1f} % (split {}).\n",
      100 * background->accuracy, Pluralize(background->photos, "photo", "photos"),
      100 * background->chance, background->split);
}

std::string ConfusionLines(const Evaluation& all, const EvaluationRows& rows) {
  std::vector<Confused> wrong = all.confusion;
  std::erase_if(wrong, [](const Confused& each) { return each.label == each.answer; });
  std::sort(wrong.begin(), wrong.end(), [](const Confused& a, const Confused& b) {
    return std::tuple(-a.photos, a.label, a.answer) < std::tuple(-b.photos, b.label, b.answer);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(kConfusions, wrong.size()); ++i) {
    const auto name = [&](int label) {
      return Printable(rows.label_names[static_cast<std::size_t>(label)]);
    };
    text += fmt::format("{} {} taken for {} ({})", i == 0 ? "Confused most:" : ";",
                        name(wrong[i].label), name(wrong[i].answer), wrong[i].photos);
  }
  return text.empty() ? text : text + fmt::format(" (split {}).\n", all.own_split);
}

std::string SuspectLine(const Evaluation& all) {
  if (all.label_errors.empty()) return "No label is likely wrong.\n";
  return fmt::format(
      "{} likely wrong: --json lists them, with the worst mistakes.\n",
      Pluralize(static_cast<std::int64_t>(all.label_errors.size()), "label is", "labels are"));
}

}  // namespace

std::string ToText(const Evaluation& evaluation, const EvaluationRows& rows,
                   const std::optional<Background>& background) {
  std::string text;
  if (evaluation.photos < evaluation.photos_of_output) {
    text = fmt::format("A sample of {} of {}: memory does not suffice for more.\n",
                       WithCommas(static_cast<std::uint64_t>(evaluation.photos)),
                       Pluralize(evaluation.photos_of_output, "photo", "photos"));
  }
  text += Table(evaluation) + HonestLines(evaluation);
  if (evaluation.test) {
    text += fmt::format(
        "Test: {} of {} look like a photo of OUT",
        WithCommas(static_cast<std::uint64_t>(evaluation.test_alike)),
        Pluralize(evaluation.test->photos_tested + evaluation.test_new_labels, "photo", "photos"));
    if (evaluation.test_new_labels > 0) {
      text += fmt::format(", {} whose label OUT lacks were left out",
                          WithCommas(static_cast<std::uint64_t>(evaluation.test_new_labels)));
    }
    text += ".\n";
  }
  return text + UnknownLine(evaluation) + BackgroundLine(background) +
         ConfusionLines(evaluation, rows) + SuspectLine(evaluation);
}

}  // namespace verger
