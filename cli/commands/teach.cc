#include <arrow/array.h>
#include <arrow/table.h>
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/model_for_output.h"
#include "cli/commands/options.h"
#include "cli/engine/compiled_networks.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/photo_features.h"
#include "cli/runs/training.h"

namespace verger::cli {
namespace {

struct Options {
  OutputOptions output;
  std::string label;
  std::vector<std::string> photos;
  std::string model;
  ModelChoice choice;
  int threads = 0;
  bool undo = false;
};

struct Lesson {
  ClassifierHandle classifier;
  std::int64_t photos = 0;
  std::int64_t rejected = 0;
};

void WarnOfRejects(const arrow::RecordBatch& batch) {
  const auto& paths = ColumnOf<arrow::StringArray>(batch, "path");
  const auto& errors = ColumnOf<arrow::StringArray>(batch, "error");
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    if (errors.IsNull(row)) continue;
    Warn(fmt::format("{}: {}", Printable(paths.GetView(row)), Printable(errors.GetView(row))));
  }
}

Lesson Teach(const Output& output, const ClassifierHandle& classifier, const Options& options) {
  Call(verger_classifier_check_teachable, classifier.get());  // before photos are read
  (void)CheckClassifier(output, *classifier);                 // throws for another network
  const std::vector<PhotoSource> sources =
      FindPhotos(options.photos, options.output.s3, output.place());
  const OpenedModel model = ModelOfOutput(output, options.model, options.choice);
  const int threads = UsableThreads(options.threads);
  const ExtractorHandle extractor = OpenExtractor(*model.handle, {.threads = threads});
  Lesson lesson;
  std::vector<Batch> batches;
  lesson.rejected =
      ExtractPhotos(sources, *extractor, {threads, 0, "teach", options.output.progress()},
                    [&](const Batch& batch) {
                      lesson.photos += batch->num_rows();
                      WarnOfRejects(*batch);
                      batches.push_back(batch);
                    });
  if (lesson.photos == lesson.rejected) {
    throw Failure(Exit::kBadInput, "none of the photos can be read: nothing was taught");
  }
  const auto table = OrThrow(arrow::Table::FromRecordBatches(batches));
  const ExportedBatch rows(*OrThrow(table->CombineChunksToBatch()));
  verger_classifier* taught = nullptr;
  Call(verger_classifier_teach, classifier.get(), Borrowed(options.label), rows.array(),
       rows.schema(), &taught);
  lesson.classifier.reset(taught);
  return lesson;
}

Lesson Undo(const ClassifierHandle& classifier, const Options& options) {
  verger_classifier* rest = nullptr;
  Call(verger_classifier_unteach, classifier.get(), Borrowed(options.label), &rest);
  return {ClassifierHandle(rest), 0, 0};
}

void Run(const Options& options) {
  if (options.photos.empty() != options.undo) {
    throw Failure(Exit::kUsage, "give photos of the label or --undo, not both");
  }
  const std::shared_ptr<Place> place = options.output.OpenOut();
  Output::Open(place).Extracted();  // before anything is made
  WatchForInterrupts();
  const Output output = Output::OpenForWriting(place);
  const ClassifierHandle before = RequireClassifier(output);
  const Lesson lesson = options.undo ? Undo(before, options) : Teach(output, before, options);
  PublishClassifier(output, *lesson.classifier);
  const auto json = ParseJson(DescribeClassifier(*lesson.classifier));
  if (options.output.json) {
    const nlohmann::ordered_json summary = {{"label", options.label},
                                            {"photos", lesson.photos - lesson.rejected},
                                            {"rejects", lesson.rejected},
                                            {"labels", json.at("labels").size()}};
    return Print(FormatJson(summary, 1) + "\n");
  }
  const std::string labels =
      Pluralize(static_cast<std::int64_t>(json.at("labels").size()), "label", "labels");
  if (options.undo) {
    return Print(fmt::format("Removed the taught photos of {}: {} in {}\n",
                             Printable(options.label), labels, place->PathOf(kClassifier)));
  }
  Print(fmt::format("Learned {} from {}: {} in {}\n", Printable(options.label),
                    Pluralize(lesson.photos - lesson.rejected, "photo", "photos"), labels,
                    place->PathOf(kClassifier)));
}

}  // namespace

void AddTeachCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "teach", "Teach the classifier of OUT a label from a few photos, without training it again");
  AddOptions(command, options->output, "Folder or s3://bucket/prefix with a trained classifier");
  command.AddOption("LABEL", &options->label, "A new label, or one that the classifier knows")
      .Required();
  command
      .AddOption("PHOTOS", &options->photos,
                 "Photos of the label, folders of them, or s3://bucket/prefix; five are enough")
      .TakesFile();
  command.AddFlag("--undo", &options->undo, "Remove the label's taught photos");
  AddNetworkOfOutput(command, "--model", options->model, options->choice);
  AddThreads(command, options->threads);
  command.SetFooter(
      "The label stays after the next verger train. The classifier keeps the features of the "
      "photos,\n"
      "not the photos.\n\n"
      "Examples:\n"
      "  verger teach out \"Pink Pearl\" pearl1.jpg pearl2.jpg pearl3.jpg pearl4.jpg pearl5.jpg\n"
      "  verger teach out \"Pink Pearl\" --undo");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
