#include <fmt/core.h>

#include <memory>

#include "cli/base/interrupt.h"
#include "cli/base/print.h"
#include "cli/commands/commands.h"
#include "cli/commands/isolate_options.h"
#include "cli/commands/model_for_output.h"
#include "cli/commands/options.h"
#include "cli/engine/compiled_networks.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/answers.h"
#include "cli/runs/photo_features.h"
#include "cli/runs/training.h"

namespace verger::cli {
namespace {

struct Options {
  std::string out;
  std::vector<std::string> photos;
  std::string model;
  ModelChoice choice;
  std::string format = "text";
  S3Options s3;
  std::int64_t max_pixels = 0;
  std::int64_t max_bytes = 0;
  IsolateOptions isolate;
  int top = 3;
  int threads = 0;
  bool quiet = false;
};

// What is read of the output, all of one version.
struct Opened {
  ClassifierHandle classifier;
  std::unique_ptr<Classification> classification;
  std::string note;  // that the output's rows have changed since; "" if not
  OpenedModel model;
};

void Run(const Options& options) {
  WatchForInterrupts();
  const std::shared_ptr<Place> place = OpenPlace(options.out, options.s3);
  const Opened opened = ReadLatest(place, [&](const Output& output) {
    output.Extracted();
    ClassifierHandle classifier = RequireClassifier(output);
    const std::string note = CheckClassifier(output, *classifier);
    auto classification = std::make_unique<Classification>(output, *classifier);
    return Opened{std::move(classifier), std::move(classification), note,
                  ModelOfOutput(output, options.model, options.choice)};
  });
  if (!opened.note.empty()) Warn(fmt::format("{}: {}", place->PathOf(""), opened.note));
  const std::vector<PhotoSource> sources = FindPhotos(options.photos, options.s3, *place);
  const int threads = UsableThreads(options.threads);
  const std::unique_ptr<Isolation> isolation = options.isolate.Start(options.max_pixels);
  const ExtractorHandle extractor =
      OpenExtractor(*opened.model.handle, {.threads = threads,
                                           .max_pixels = options.max_pixels,
                                           .max_bytes = options.max_bytes,
                                           .decoder = DecoderOf(isolation)});
  const std::unique_ptr<RowWriter> writer = OpenAnswers(options.format);
  std::int64_t photos = 0;
  const std::int64_t rejected =
      ExtractPhotos(sources, *extractor,
                    {threads, options.max_bytes, "classify",
                     ProgressBeside(options.format, options.quiet), isolation != nullptr},
                    [&](const Batch& batch) {
                      writer->Write(opened.classification->Answer(batch, options.top));
                      photos += batch->num_rows();
                    });
  writer->Finish();
  RequireFewRejects(rejected, photos, "have no answer");
}

}  // namespace

void AddClassifyCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "classify",
      "Classify photos with the classifier of OUT: labels with probabilities, or unknown");
  command.AddOption("OUT", &options->out, "Folder or s3://bucket/prefix with a trained classifier")
      .Required()
      .TakesFolder();
  AddPhotoNames(command, options->photos);
  AddRowFormat(command, options->format);
  command.AddOption("--top", &options->top, "Number of most likely labels to list")
      .Between(1, 1000)
      .ShowDefault();
  AddNetworkOfOutput(command, "--model", options->model, options->choice);
  AddPhotoLimits(command, options->max_pixels, options->max_bytes);
  AddOptions(command, options->isolate);
  AddThreads(command, options->threads);
  command.AddFlag("-q,--quiet", &options->quiet, "Print no progress on stderr");
  AddOptions(command, options->s3);
  command.SetFooter(
      "Columns: path, label (the most likely), probability, unknown (likely none of the labels), "
      "set\n"
      "(likely labels: contains the right one as often as --coverage of verger train "
      "promises), top\n"
      "and top_probabilities, novelty, folder (the folder of the photo), error "
      "(why there is no answer).\n"
      "In CSV, | separates the items of a list.\n\n"
      "Examples:\n"
      "  verger classify out new-photos\n"
      "  verger classify out apple.jpg pear.jpg\n"
      "  verger classify out new-photos --format csv > answers.csv\n"
      "  verger classify out s3://harvest/today --format parquet > answers.parquet");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
