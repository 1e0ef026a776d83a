#include "cli/runs/traits.h"

#include <fmt/core.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/base/interrupt.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/photo_sources.h"
#include "cli/storage/folder.h"

namespace verger::cli {
namespace {

struct Options {
  std::vector<std::string> photos;
  std::string format = "text";
  S3Options s3;
  TraitOptions traits;
  int threads = 0;
  bool quiet = false;
};

void Run(const Options& options) {
  WatchForInterrupts();
  const std::vector<PhotoSource> sources = FindPhotos(options.photos, options.s3, Folder(""));
  TraitOptions traits = options.traits;
  traits.threads = UsableThreads(options.threads);
  traits.progress = ProgressBeside(options.format, options.quiet);
  const std::unique_ptr<RowWriter> writer = OpenTraits(options.format);
  std::int64_t photos = 0;
  const std::int64_t rejected = MeasureTraits(sources, traits, [&](const Batch& batch) {
    writer->Write(batch);
    photos += batch->num_rows();
  });
  writer->Finish();
  RequireFewRejects(rejected, photos, "cannot be measured");
}

}  // namespace

void AddTraitsCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "traits",
      "Measure colour, size and roundness of the fruit on photos with a plain background");
  AddPhotoNames(command, options->photos);
  AddRowFormat(command, options->format);
  AddPhotoLimits(command, options->traits.max_pixels, options->traits.max_bytes);
  AddThreads(command, options->threads);
  command.AddFlag("-q,--quiet", &options->quiet, "Print no progress on stderr");
  AddOptions(command, options->s3);
  command.SetFooter(
      "Columns: path, folder (the folder that holds the photo), lab_l, lab_a, lab_b (mean\n"
      "colour in CIELAB), area (share of the photo), roundness (1: a disc), error (why the\n"
      "photo cannot be read). The fruit is the largest region that differs from the background.\n"
      "If the background is not plain, or nothing differs from it, the five are null: - in text, "
      "empty\n"
      "in CSV, absent in jsonl. Needs neither a network nor an output.\n\n"
      "Examples:\n"
      "  verger traits harvest\n"
      "  verger traits apple.jpg pear.jpg\n"
      "  verger traits harvest --format csv > traits.csv\n"
      "  verger traits s3://harvest/today --format parquet > traits.parquet");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
