#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/commands/classifier_options.h"
#include "cli/commands/commands.h"
#include "cli/commands/make_report.h"
#include "cli/commands/options.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/evaluation.h"

namespace verger::cli {
namespace {

struct Options {
  OutputOptions output;
  ClassifierOptions classifier;
  EvaluationOptions evaluation;
  std::string test;
  std::optional<double> max_inflation;
  bool no_background = false;
  bool report = false;
};

// With --report opens the output for writing from the start: so a lock of another run fails before
// an evaluation of minutes, and the page shows the version that was evaluated.
Output OpenOutput(const Options& options) {
  const std::shared_ptr<Place> place = options.output.OpenOut();
  Output output = Output::Open(place);
  output.Extracted();  // before anything is made
  if (!options.report) return output;
  return Output::OpenForWriting(place);
}

void MakePage(const Output& output, const Options& options, const std::string& evaluation) {
  AgainOptions settings;
  settings.photos = options.evaluation.photos;
  settings.evaluation = evaluation;
  settings.s3 = options.output.s3;
  settings.threads = options.evaluation.threads;
  settings.progress = options.output.progress();
  PublishReportAgain(output, settings);
  if (!options.output.json) {
    Print(fmt::format("Page: {}\n", output.place().PathOf(ReportName())));
  }
}

EvaluationOptions SettingsFrom(const Options& options) {
  EvaluationOptions settings = options.evaluation;
  settings.method = options.classifier.method;
  settings.transform = options.classifier.Transform();
  settings.shrinkage = options.classifier.Shrinkage();
  settings.groups = options.classifier.groups;
  settings.label_level = options.classifier.label_level;
  settings.label_table = options.classifier.LabelTable();
  settings.penalty = options.classifier.penalty;
  settings.threads = UsableThreads(settings.threads);
  settings.background = !options.no_background;
  settings.s3 = options.output.s3;
  settings.progress = options.output.progress();
  return settings;
}

void Run(const Options& options) {
  const EvaluationOptions settings = SettingsFrom(options);
  WatchForInterrupts();
  const Output output = OpenOutput(options);
  std::optional<Output> test;
  if (!options.test.empty()) {
    test.emplace(Output::Open(OpenPlace(options.test, options.output.s3)));
    test->Extracted();
  }
  const EvaluationReport evaluation = EvaluateOutput(output, test ? &*test : nullptr, settings);
  Print(options.output.json ? evaluation.json + "\n" : evaluation.text);
  if (options.report) MakePage(output, options, evaluation.json);
  if (!options.max_inflation) return;
  const double points = ParseJson(evaluation.json).at("honest").at("inflation").get<double>();
  if (points <= *options.max_inflation) return;
  throw Failure(Exit::kTooManyRejects,
                fmt::format("the naive score is {:.1f} points too high, more than --max-inflation "
                            "{}: report the honest score, or test on groups (--groups)",
                            points, *options.max_inflation));
}

}  // namespace

void AddEvaluateCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "evaluate",
      "Measure how well a classifier of OUT's features does on photos that it was not trained on");
  AddOptions(command, options->output, "Folder or s3://bucket/prefix that verger run made");
  AddOptions(command, options->classifier);
  command
      .AddOption(
          "--test", &options->test,
          "Another output of the same network: also train on all of OUT and test on this output")
      .TakesFolder();
  command.AddOption(
      "--max-inflation", &options->max_inflation,
      "Exit with 3 if the naive score exceeds the honest one by more points than this");
  command
      .AddOption("--photos", &options->evaluation.photos,
                 "Folder or s3://bucket/prefix of the photos, to measure their borders; by "
                 "default where they were when OUT was made")
      .TakesFolder();
  command.AddFlag("--no-background", &options->no_background,
                  "Skip the test of the background alone, which reads the photos again");
  command.AddFlag("--report", &options->report,
                  "Write OUT/report.html again, with this evaluation");
  AddThreads(command, options->evaluation.threads);
  command.SetFooter(
      "Splits into training and test: random (naive: a random quarter of the photos), groups "
      "(five\n"
      "folds that divide no series of file names), and, for photos named as in Fruits-360, angle\n"
      "(unseen angles) and axis (unseen rotation axis). Columns: accuracy, macro F1, top 3, "
      "expected\n"
      "calibration error, all in %; sets of likely labels at 95 % coverage: how often they contain "
      "the\n"
      "right label, and their mean size; photos. See docs/honest-results.md.\n\n"
      "Examples:\n"
      "  verger evaluate out\n"
      "  verger evaluate out --report\n"
      "  verger evaluate out --json > evaluation.json\n"
      "  verger evaluate out --groups 'tray(\\d+)'\n"
      "  verger evaluate train --test val\n"
      "  verger evaluate out --max-inflation 5   # in CI");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
