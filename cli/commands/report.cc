#include "cli/runs/report.h"

#include <fmt/core.h>

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/base/files.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/make_report.h"
#include "cli/commands/options.h"
#include "cli/commands/photos_of_output.h"
#include "cli/engine/usable_threads.h"

namespace verger::cli {
namespace {

struct Options {
  OutputOptions output;
  std::string photos;
  std::string evaluation;
  int threads = 0;
};

void Run(const Options& options) {
  const std::shared_ptr<Place> place = options.output.OpenOut();
  Output::Open(place).Extracted();  // before anything is made
  AgainOptions settings;
  settings.photos = options.photos;
  if (!options.evaluation.empty()) settings.evaluation = ReadFile(options.evaluation);
  settings.s3 = options.output.s3;
  settings.threads = options.threads;
  settings.progress = options.output.progress();
  WatchForInterrupts();
  const std::size_t bytes = PublishReportAgain(Output::OpenForWriting(place), settings);
  const std::string path = place->PathOf(ReportName());
  if (options.output.json) {
    const nlohmann::ordered_json json = {{"report", path}, {"bytes", bytes}};
    return Print(FormatJson(json, 1) + "\n");
  }
  Print(fmt::format("{}: {}\n", path, HumanBytes(static_cast<double>(bytes))));
}

}  // namespace

std::size_t PublishReportAgain(const Output& output, const AgainOptions& options) {
  const std::shared_ptr<Place> photos =
      OpenPhotosOf(output.Extracted(), options.photos, options.s3);
  ReportOptions settings;
  settings.photos = photos.get();
  settings.evaluation = options.evaluation;
  settings.threads = UsableThreads(options.threads);
  settings.progress = options.progress;
  std::string warning;
  const std::string page = MakeReport(output, settings, &warning);
  if (!warning.empty()) Warn(warning);
  output.Publish(ReportName(), page);
  return page.size();
}

void PublishReportOrWarn(const Output& output, const ReportOptions& options) {
  try {
    std::string warning;
    output.Publish(ReportName(), MakeReport(output, options, &warning));
    if (!warning.empty()) Warn(warning);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& failure) {
    Warn(fmt::format("{} was not written: {}", ReportName(), failure.what()));
  }
}

void AddReportCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "report", "Write OUT/report.html, a page that shows OUT and works offline");
  AddOptions(command, options->output, "Folder or s3://bucket/prefix that verger run made");
  command
      .AddOption("--photos", &options->photos,
                 "Folder or s3://bucket/prefix of the photos, for thumbnails; by default where "
                 "they were when OUT was made")
      .TakesFolder();
  command
      .AddOption("--evaluation", &options->evaluation,
                 "File with the output of 'verger evaluate OUT --json', to show on the page")
      .TakesFile();
  AddThreads(command, options->threads);
  command.SetFooter(
      "verger run writes this page too, unless --no-report is given. It contains thumbnails, paths "
      "and\n"
      "labels of photos: share it only with people who may see those. Photos that were "
      "removed or\n"
      "changed have no thumbnail; an output of --path-mode hash has none.\n\n"
      "Examples:\n"
      "  verger report out\n"
      "  verger report out --photos /mnt/orchard\n"
      "  verger evaluate out --json > evaluation.json; verger report out --evaluation "
      "evaluation.json\n"
      "  verger evaluate out --report   # both at once");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
