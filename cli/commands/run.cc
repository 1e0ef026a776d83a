#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "cli/base/interrupt.h"
#include "cli/base/print.h"
#include "cli/commands/commands.h"
#include "cli/commands/model_for_output.h"
#include "cli/commands/options.h"
#include "cli/commands/summary.h"
#include "cli/runs/drift.h"
#include "cli/runs/reduction.h"
#include "cli/runs/show.h"

namespace verger::cli {
namespace {

struct Options {
  ExtractOptions extract;
  ReduceOptions reduce;
  OutputOptions output;
  bool keep_pca = false;
};

struct Summary {
  ExtractionSummary extraction;
  std::optional<Drift> drift;
};

// One version for the whole chain: until it is there, the one before is whole.
void ReduceAndCommit(Output& output, Extraction& extraction, const ReductionOptions& options,
                     std::optional<Drift>* drift) {
  Manifest& manifest = extraction.manifest;
  Reduce(output, *extraction.moments, options, &manifest);
  if (options.keep_pca) *drift = DriftOf(output, *manifest.reduction, *extraction.added);
  if (extraction.changed || manifest.reduction != output.manifest()->reduction) {
    output.Commit(manifest);
  }
}

std::string Told(verger_summary_kind kind, const Manifest& manifest, const Summary& summary) {
  return SummaryOf(kind, manifest, summary.extraction, summary.drift ? &*summary.drift : nullptr);
}

// Of so many, a choice among models is worth a minute.
constexpr std::int64_t kManyPhotos = 1000;

// Who has said nothing of precision may not know what this processor can do.
std::string HintAtTune(const Options& options, const OpenedModel& model,
                       const ExtractionSummary& summary) {
  const bool could_be_faster = verger_has_bf16() != 0 && model.identity.precision == "fp32";
  if (!could_be_faster || summary.extracted < kManyPhotos ||
      !options.extract.choice.precision.empty()) {
    return "";
  }
  return fmt::format(
      "hint: another precision may be twice as fast here: verger tune {} shows it, and a new OUT "
      "takes it by --precision auto; here --precision bf16 makes every row again\n",
      ShellQuoted(options.extract.photos));
}

void Run(const Options& options) {
  const PcaSettings asked = options.reduce.Settings();
  const double most_rejects = options.extract.MaxRejectRate();
  OpenedModel first = OpenModelFirst(options.extract);
  WatchForInterrupts();

  const std::shared_ptr<Place> photos = options.extract.OpenPhotos(options.output.s3);
  Output output = Output::OpenForWriting(options.output.OpenOut());
  const OpenedModel model =
      ModelForOutput(std::move(first), output, *photos, options.extract, options.output.progress());
  if (options.keep_pca) RequirePcaToKeep(output, model.identity);
  ExtractionOptions settings = options.extract.Settings();
  settings.progress = options.output.progress();
  settings.gather_added = options.keep_pca;
  Summary summary;
  Extraction extraction =
      Extract(output, *photos, *model.handle, model.identity, settings, &summary.extraction);
  const Manifest& manifest = extraction.manifest;
  const verger_summary_kind kind =
      options.output.json ? VERGER_SUMMARY_JSON : VERGER_SUMMARY_EXTRACTION;
  try {
    RefuseTooManyRejects(manifest, most_rejects);
    ReduceAndCommit(output, extraction,
                    {asked, options.keep_pca, settings.threads, settings.progress}, &summary.drift);
  } catch (const Failure& failure) {
    if (failure.exit() == Exit::kTooManyRejects || failure.exit() == Exit::kBadInput) {
      summary.extraction.committed = KeepWithoutResults(output, manifest);
      Print(Told(kind, manifest, summary));
    }
    throw;
  }
  Print(Told(kind, manifest, summary));
  if (!options.output.json) {
    Print(fmt::format("{}\n{}", Told(VERGER_SUMMARY_REDUCTION, manifest, summary),
                      ShowTable(output, 2, PrintWidth())));
  }
  // For whoever looks on; the table stays the last of what is printed.
  if (options.output.progress() == ProgressMode::kAuto) {
    fmt::print(stderr, "{}", HintAtTune(options, model, summary.extraction));
  }
}

}  // namespace

void AddRunCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "run", "The whole chain: photos to features to principal components to OUT/Results");
  AddOptions(*command, options->extract);
  AddOptions(*command, options->output,
             "Folder or s3://bucket/prefix for the output; made if it is not there");
  AddOptions(*command, options->reduce);
  command
      ->add_flag("--keep-pca", options->keep_pca,
                 "Project new photos with the PCA that is there, and say how far they lie from it")
      ->excludes("--components")
      ->excludes("--scores");
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
