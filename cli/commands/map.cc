#include "cli/runs/map.h"

#include <arrow/buffer.h>
#include <arrow/table.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "cli/base/interrupt.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"
#include "cli/runs/plan.h"
#include "cli/storage/open_place.h"
#include "cli/tables/parquet_file.h"

namespace verger::cli {
namespace {

struct Options {
  std::string out;
  std::string file;
  MapOptions map;
  S3Options s3;
  bool quiet = false;
};

void Run(const Options& options) {
  WatchForInterrupts();
  const std::size_t slash = options.file.rfind('/');
  const std::string name = options.file.substr(slash + 1);
  if (!name.ends_with(".parquet")) {
    throw Failure(Exit::kUsage,
                  fmt::format("{}: give a file that ends in .parquet", Printable(options.file)));
  }
  const auto folder =
      OpenPlace(slash == std::string::npos ? "." : options.file.substr(0, slash + 1), options.s3);
  const std::shared_ptr<Place> out = OpenPlace(options.out, options.s3);
  const std::string within = out->Canonical() + "/";
  if ((folder->Canonical() + "/").starts_with(within)) {
    throw Failure(Exit::kUsage, fmt::format("{} is inside OUT, where verger forget could not erase "
                                            "photos from it: choose another folder",
                                            Printable(options.file)));
  }
  MapOptions map = options.map;
  map.progress = options.quiet ? ProgressMode::kNever : ProgressMode::kAuto;
  const auto text = ReadLatest(out, [&](const Output& output) {
    const auto table = MakeMap(output, map);
    const auto bytes = EncodeParquet(*table, PartMetadata(output.Extracted().model));
    folder->Publish(name, std::string_view(*bytes));
    return fmt::format(
        "{}: {}, {} of each\n", Printable(options.file),
        Pluralize(table->num_rows(), "photo", "photos"),
        Pluralize(std::min(map.neighbors, table->num_rows()), "neighbour", "neighbours"));
  });
  Print(text);
}

}  // namespace

void AddMapCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "map", "Write one Parquet file for programs that draw maps of photos: axes and neighbours");
  command.AddOption("OUT", &options->out, "Folder or s3://bucket/prefix that verger run made")
      .Required()
      .TakesFolder();
  command
      .AddOption("FILE", &options->file,
                 "File to write: FILE.parquet or s3://bucket/FILE.parquet; replaced if it exists")
      .Required()
      .TakesFile();
  command
      .AddOption("-n,--neighbors", &options->map.neighbors,
                 "Number of nearest photos to list for each photo, itself included")
      .Between(1, 1'000)
      .ShowDefault();
  command
      .AddOption("--metric", &options->map.metric,
                 "Distance between features: cosine or euclidean, as in verger similar")
      .OneOf({"cosine", "euclidean"})
      .ShowDefault();
  command.AddFlag("--features", &options->map.features, "Also write the features");
  AddThreads(command, options->map.threads);
  command.AddFlag("-q,--quiet", &options->quiet, "Print no progress on stderr");
  AddOptions(command, options->s3);
  command.SetFooter(
      "Columns: path, label, projection_x and projection_y (the first two pca_features), "
      "neighbors\n"
      "(ids, row numbers from 0, and distances; exact), pca_features. Memory: all features and a\n"
      "quarter more. Compares each photo with each: 10,000 in seconds, a million in hours.\n\n"
      "Examples:\n"
      "  verger map out map.parquet\n"
      "  embedding-atlas map.parquet --x projection_x --y projection_y --neighbors neighbors \\\n"
      "    --disable-projection");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
