#include <fmt/core.h>

#include <memory>
#include <utility>

#include "cli/base/interrupt.h"
#include "cli/base/print.h"
#include "cli/commands/commands.h"
#include "cli/commands/model_for_output.h"
#include "cli/commands/options.h"
#include "cli/commands/summary.h"

namespace verger::cli {
namespace {

struct Options {
  ExtractOptions extract;
  OutputOptions output;
};

void Run(Options options) {
  const double most_rejects = options.extract.MaxRejectRate();
  OpenedModel first = OpenModelFirst(options.extract);
  const std::unique_ptr<Isolation> isolation = options.extract.StartIsolation();
  WatchForInterrupts();

  const std::shared_ptr<Place> photos = options.extract.OpenPhotos(options.output.s3);
  Output output = Output::OpenForWriting(options.output.OpenOut());
  const OpenedModel model =
      ModelForOutput(std::move(first), output, *photos, options.extract, options.output.progress());
  ExtractionOptions settings = options.extract.Settings();
  settings.progress = options.output.progress();
  ExtractionSummary summary;
  summary.isolation = LayersOf(isolation);
  const auto s3_retries = [&] { return photos->retries() + output.place().retries(); };
  const Extraction extraction =
      Extract(output, *photos, *model.handle, model.identity, settings, &summary);
  const Manifest& manifest = extraction.manifest;
  const verger_summary_kind kind =
      options.output.json ? VERGER_SUMMARY_JSON : VERGER_SUMMARY_EXTRACTION;
  try {
    RefuseTooManyRejects(manifest, most_rejects);
  } catch (const Failure&) {
    summary.committed = KeepWithoutResults(output, manifest);
    Print(SummaryOf(kind, manifest, summary, s3_retries()));
    throw;
  }
  if (extraction.changed) output.Commit(manifest);
  Print(SummaryOf(kind, manifest, summary, s3_retries()));
  if (!options.output.json) {
    Print(fmt::format("Next: verger reduce {}\n", ShellQuoted(options.output.out)));
  }
}

}  // namespace

void AddExtractCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command =
      program.AddCommand("extract", "Extract features from photos: writes OUT/Preprocessing");
  AddOptions(command, options->extract);
  AddOptions(command, options->output,
             "Folder or s3://bucket/prefix for the output; created if it is missing");
  command.SetFooter(
      "A second run processes only new and changed photos. If features change, OUT/Results is "
      "removed;\n"
      "'verger reduce' or 'verger run' writes it again.\n\n"
      "Examples:\n"
      "  verger extract orchard out\n"
      "  verger extract orchard out --model resnet50\n"
      "  verger extract orchard out --model my.onnx --preset torchvision --json");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
