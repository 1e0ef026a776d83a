#include <fmt/format.h>

#include <memory>

#include "cli/base/print.h"
#include "cli/commands/commands.h"
#include "cli/commands/open_model.h"
#include "cli/commands/options.h"
#include "cli/commands/summary.h"
#include "cli/runs/interrupt.h"
#include "cli/runs/reduction.h"
#include "cli/runs/show.h"

namespace verger::cli {
namespace {

struct Options {
  ExtractOptions extract;
  ReduceOptions reduce;
  OutputOptions output;
};

// One version for the whole chain: until it is there, the one before is whole.
void ReduceAndCommit(Output& output, Extraction& extraction, const PcaSettings& asked, int threads,
                     ProgressMode progress) {
  Manifest& manifest = extraction.manifest;
  Reduce(output, *extraction.moments, asked, threads, progress, &manifest);
  if (extraction.changed || manifest.reduction != output.manifest()->reduction) {
    output.Commit(manifest);
  }
}

void Run(const Options& options) {
  RequireFolder(options.extract.photos);
  RequireFolder(options.output.out);
  const PcaSettings asked = options.reduce.Settings();
  const double most_rejects = options.extract.MaxRejectRate();
  const OpenedModel model = OpenModel(options.extract.model, options.extract.preset);
  WatchForInterrupts();

  Output output = Output::OpenForWriting(options.output.out);
  ExtractionOptions settings = options.extract.extraction;
  settings.progress = options.output.progress();
  if (settings.threads == 0) settings.threads = UsableThreads();
  ExtractionSummary summary;
  Extraction extraction =
      Extract(output, options.extract.photos, *model.handle, model.identity, settings, &summary);
  const Manifest& manifest = extraction.manifest;
  try {
    RefuseTooManyRejects(manifest, most_rejects);
    ReduceAndCommit(output, extraction, asked, settings.threads, settings.progress);
  } catch (const Failure& failure) {
    if (failure.exit() == Exit::kTooManyRejects || failure.exit() == Exit::kBadInput) {
      KeepWithoutResults(output, manifest);
      Print(options.output.json ? SummaryJson(manifest, summary).dump(1) + "\n"
                                : SummaryText(manifest, summary));
    }
    throw;
  }
  if (options.output.json) {
    Print(SummaryJson(manifest, summary).dump(1) + "\n");
  } else {
    Print(fmt::format("{}{}\n{}", SummaryText(manifest, summary), ReductionText(manifest),
                      ShowTable(output, 2)));
  }
}

}  // namespace

void AddRunCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "run", "The whole chain: photos to features to principal components to OUT/Results");
  AddOptions(*command, options->extract);
  AddOptions(*command, options->output, "Folder for the output; made if it is not there");
  AddOptions(*command, options->reduce);
  command->footer(
      "Stop it whenever you like: the same command goes on where it stopped, and does only what "
      "is\n"
      "new when photos were added.\n\n"
      "Examples:\n"
      "  verger run orchard out\n"
      "  verger run orchard out --model resnet50 --components 0.95\n"
      "  verger run orchard out --json > summary.json");
  command->callback([options] { Run(*options); });
}

}  // namespace verger::cli
