#include <fmt/core.h>

#include <memory>
#include <optional>
#include <utility>

#include "cli/base/interrupt.h"
#include "cli/base/print.h"
#include "cli/commands/commands.h"
#include "cli/commands/make_report.h"
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
  bool no_report = false;
};

struct Summary {
  ExtractionSummary extraction;
  std::optional<Drift> drift;
};

// Commits one version for the whole chain: until then the last version stays whole.
void ReduceAndCommit(Output& output, Extraction& extraction, const ReductionOptions& options,
                     std::optional<Drift>* drift) {
  Manifest& manifest = extraction.manifest;
  Reduce(output, *extraction.moments, options, &manifest);
  if (options.keep_pca) *drift = DriftOf(output, *manifest.reduction, *extraction.added);
  if (extraction.changed || manifest.reduction != output.manifest()->reduction) {
    output.Commit(manifest);
  }
}

std::string SummaryText(verger_summary_kind kind, const Manifest& manifest, const Summary& summary,
                        std::uint64_t s3_retries) {
  return SummaryOf(kind, manifest, summary.extraction, s3_retries,
                   summary.drift ? &*summary.drift : nullptr);
}

// From so many photos on, a minute spent on choosing a model pays off.
constexpr std::int64_t kManyPhotos = 1000;

// A user who gives no --precision may not know that the processor has a faster one.
std::string HintAtTune(const Options& options, const OpenedModel& model,
                       const ExtractionSummary& summary) {
  const bool could_be_faster = verger_has_bf16() != 0 && model.identity.precision == "fp32";
  if (!could_be_faster || summary.extracted < kManyPhotos ||
      !options.extract.choice.precision.empty()) {
    return "";
  }
  return fmt::format(
      "hint: another precision may be twice as fast here: measure it by 'verger tune {}'. Then "
      "give --precision auto with a new OUT, or --precision bf16 with this one, which extracts "
      "every photo again\n",
      ShellQuoted(options.extract.photos));
}

// Makes the page unless this version has one: a new version removes the page of the last.
void Report(const Options& options, const Output& output, const Place& photos,
            const ExtractionOptions& settings, const Summary& summary) {
  if (options.no_report || output.place().Exists(ReportName())) return;
  ReportOptions report;
  report.photos = &photos;
  report.facts = FactsOf(summary.extraction, photos.retries() + output.place().retries(),
                         summary.drift ? &*summary.drift : nullptr);
  report.threads = settings.threads;
  report.progress = settings.progress;
  report.decoder = settings.decoder;
  PublishReportOrWarn(output, report);
}

void Run(Options options) {
  const PcaSettings pca_settings = options.reduce.Settings();
  const double most_rejects = options.extract.MaxRejectRate();
  OpenedModel first = OpenModelFirst(options.extract);
  const std::unique_ptr<Isolation> isolation = options.extract.StartIsolation();
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
  summary.extraction.isolation = LayersOf(isolation);
  const auto s3_retries = [&] { return photos->retries() + output.place().retries(); };
  Extraction extraction =
      Extract(output, *photos, *model.handle, model.identity, settings, &summary.extraction);
  const Manifest& manifest = extraction.manifest;
  const verger_summary_kind kind =
      options.output.json ? VERGER_SUMMARY_JSON : VERGER_SUMMARY_EXTRACTION;
  try {
    RefuseTooManyRejects(manifest, most_rejects);
    ReduceAndCommit(output, extraction,
                    {pca_settings, options.keep_pca, settings.threads, settings.progress},
                    &summary.drift);
  } catch (const Failure& failure) {
    if (failure.exit() == Exit::kTooManyRejects || failure.exit() == Exit::kBadInput) {
      summary.extraction.committed = KeepWithoutResults(output, manifest);
      Print(SummaryText(kind, manifest, summary, s3_retries()));
    }
    throw;
  }
  Print(SummaryText(kind, manifest, summary, s3_retries()));
  if (!options.output.json) {
    Print(fmt::format("{}\n{}",
                      SummaryText(VERGER_SUMMARY_REDUCTION, manifest, summary, s3_retries()),
                      ShowTable(output, 2, PrintWidth())));
  }
  Report(options, output, *photos, settings, summary);
  // For people at a terminal; on stdout the table stays last.
  if (options.output.progress() == ProgressMode::kAuto) {
    fmt::print(stderr, "{}", HintAtTune(options, model, summary.extraction));
  }
}

}  // namespace

void AddRunCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "run", "Turn photos into features and principal components: writes OUT/Results");
  AddOptions(command, options->extract);
  AddOptions(command, options->output,
             "Folder or s3://bucket/prefix for the output; created if it is missing");
  AddOptions(command, options->reduce);
  command
      .AddFlag("--keep-pca", &options->keep_pca,
               "Keep the PCA of OUT: project new photos with it, and report how well it fits them")
      .Excludes("--components")
      .Excludes("--scores");
  command.AddFlag("--no-report", &options->no_report, "Do not write OUT/report.html");
  command.SetFooter(
      "You can stop a run at any time; the same command continues it. After photos are added, "
      "it\n"
      "processes only those.\n\n"
      "Examples:\n"
      "  verger run orchard out\n"
      "  verger run orchard out --model resnet50 --components 0.95\n"
      "  verger run orchard out --json > summary.json");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
