#include <fmt/core.h>

#include <memory>

#include "cli/base/interrupt.h"
#include "cli/base/print.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"
#include "cli/commands/summary.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/reduction.h"
#include "cli/runs/saved_moments.h"
#include "cli/runs/show.h"

namespace verger::cli {
namespace {

struct Options {
  ReduceOptions reduce;
  OutputOptions output;
  int threads = 0;
};

void Run(const Options& options) {
  const PcaSettings settings = options.reduce.Settings();
  const std::shared_ptr<Place> place = options.output.OpenOut();
  Output::Open(place).Extracted();  // before anything is made
  WatchForInterrupts();

  Output output = Output::OpenForWriting(place);
  Manifest manifest = output.Extracted();
  manifest.replaced.clear();
  RequireMemoryForMoments(manifest.model.dimension);
  const MomentsHandle moments = LoadMoments(output, manifest);
  const int threads = UsableThreads(options.threads);
  Reduce(output, *moments, {settings, false, threads, options.output.progress()}, &manifest);
  if (manifest.reduction != output.manifest()->reduction) output.Commit(manifest);
  if (options.output.json) {
    Print(SummaryOf(VERGER_SUMMARY_JSON, manifest, {}, place->retries()));
  } else {
    Print(fmt::format("{}\n{}", SummaryOf(VERGER_SUMMARY_REDUCTION, manifest, {}, place->retries()),
                      ShowTable(output, 2, PrintWidth())));
  }
}

}  // namespace

void AddReduceCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "reduce", "Reduce features to principal components: writes OUT/Model and OUT/Results");
  AddOptions(command, options->output,
             "Folder or s3://bucket/prefix that verger extract or verger run made");
  AddOptions(command, options->reduce);
  AddThreads(command, options->threads);
  command.SetFooter(
      "Examples:\n"
      "  verger reduce out                     # 50 components\n"
      "  verger reduce out --components 0.95   # enough to explain 95 % of the variance\n"
      "  verger reduce out --scores spark      # not centred, as Spark ML's PCA");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
