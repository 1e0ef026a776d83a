#include "cli/runs/similar.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/base/arrow_errors.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/limits.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/model_for_output.h"
#include "cli/commands/options.h"
#include "cli/engine/batches.h"
#include "cli/engine/compiled_networks.h"
#include "cli/engine/usable_threads.h"
#include "cli/storage/open_place.h"

namespace verger::cli {
namespace {

struct Options {
  std::string out;
  std::vector<std::string> photos;
  std::vector<std::string> rows;
  std::string model;
  ModelChoice choice;
  SimilarOptions search;
  std::string format = "text";
  S3Options s3;
  bool quiet = false;
};

std::string ReadPhoto(const std::string& photo, const S3Options& s3) {
  const std::size_t slash = photo.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : photo.substr(0, slash + 1);
  auto bytes = OpenPlace(folder, s3)->ReadIfPresent(photo.substr(slash + 1));
  if (bytes) return *std::move(bytes);
  throw Failure(Exit::kBadInput,
                fmt::format("{}: no such photo: give a photo, or the path of a row of OUT by --row "
                            "(Python: rows=)",
                            Printable(photo)));
}

// Photos from `first` on, as many as one call may take.
std::shared_ptr<arrow::Array> ReadSome(const Options& options, std::size_t first) {
  arrow::LargeBinaryBuilder contents;
  std::int64_t bytes = 0;
  for (std::size_t at = first; at < options.photos.size(); ++at) {
    const std::string content = ReadPhoto(options.photos[at], options.s3);
    OrThrow(contents.Append(content));
    bytes += std::ssize(content);
    if (bytes >= Limits().max_call_bytes || contents.length() == Limits().photos_at_once) break;
  }
  return OrThrow(contents.Finish());
}

// Features of the photos by the output's own network.
std::vector<SimilarQuery> QueriesOfPhotos(const Output& output, const Options& options) {
  std::vector<SimilarQuery> queries;
  if (options.photos.empty()) return queries;
  const OpenedModel model = ModelOfOutput(output, options.model, options.choice);
  const ExtractorHandle extractor =
      OpenExtractor(*model.handle, {.threads = options.search.threads});
  while (queries.size() < options.photos.size()) {
    ThrowIfInterrupted("interrupted: nothing was changed");
    const auto contents = ReadSome(options, queries.size());
    const Batch done = ExtractFeatures(
        *extractor, arrow::RecordBatch::Make(
                        arrow::schema({arrow::field("content", arrow::large_binary())}),
                        contents->length(), std::vector<std::shared_ptr<arrow::Array>>{contents}));
    const auto& features = ColumnOf<arrow::ListArray>(*done, "features");
    const auto& values = static_cast<const arrow::FloatArray&>(*features.values());
    const auto& errors = ColumnOf<arrow::StringArray>(*done, "error");
    for (std::int64_t row = 0; row < done->num_rows(); ++row) {
      const std::string& photo = options.photos[queries.size()];
      if (!errors.IsNull(row)) {
        throw Failure(Exit::kBadInput,
                      fmt::format("{}: {}", Printable(photo), Printable(errors.GetString(row))));
      }
      const float* begin = values.raw_values() + features.value_offset(row);
      queries.push_back({photo, {begin, begin + features.value_length(row)}});
    }
  }
  return queries;
}

// Lines end in LF, as in the other formats of this command, which line tools read; those of
// RowWriter end in CRLF, as RFC 4180 asks. Readers of CSV take both.
std::string ToCsv(const std::vector<SimilarQuery>& queries,
                  const std::vector<SimilarPhoto>& photos) {
  std::string text = "query,path,label,distance\n";
  for (const SimilarPhoto& photo : photos) {
    text += fmt::format("{},{},{},{}\n", CsvField(queries[photo.query].name), CsvField(photo.path),
                        CsvField(photo.label), photo.distance);
  }
  return text;
}

std::string ToJsonLines(const std::vector<SimilarQuery>& queries,
                        const std::vector<SimilarPhoto>& photos) {
  using Json = nlohmann::ordered_json;
  std::string text;
  for (const SimilarPhoto& photo : photos) {
    const Json line = {{"query", queries[photo.query].name},
                       {"path", photo.path},
                       {"label", photo.label},
                       {"distance", photo.distance}};
    text += FormatJson(line) + "\n";
  }
  return text;
}

std::string ToText(const std::vector<SimilarQuery>& queries,
                   const std::vector<SimilarPhoto>& photos) {
  std::string text;
  std::size_t next = 0;
  for (std::size_t query = 0; query < queries.size(); ++query) {
    text += Printable(queries[query].name) + "\n";
    for (; next < photos.size() && photos[next].query == query; ++next) {
      text += fmt::format("  {:.4f}  {}\n", photos[next].distance,
                          PathAndLabel(photos[next].path, photos[next].label));
    }
  }
  return text;
}

void Run(const Options& options) {
  if (options.photos.empty() && options.rows.empty()) {
    throw Failure(Exit::kUsage, "give a photo, or a row of OUT by --row (Python: rows=)");
  }
  WatchForInterrupts();
  SimilarOptions search = options.search;
  const bool plain = options.format == "text" && !options.quiet;
  search.progress = plain ? ProgressMode::kAuto : ProgressMode::kTerminalOnly;
  if (options.quiet) search.progress = ProgressMode::kNever;
  Print(ReadLatest(OpenPlace(options.out, options.s3), [&](const Output& output) {
    std::vector<SimilarQuery> queries = QueriesOfPhotos(output, options);
    for (SimilarQuery& row : QueriesOfRows(output, options.rows)) queries.push_back(std::move(row));
    const std::vector<SimilarPhoto> photos = FindSimilar(output, queries, search);
    if (options.format == "csv") return ToCsv(queries, photos);
    if (options.format == "jsonl") return ToJsonLines(queries, photos);
    return ToText(queries, photos);
  }));
}

}  // namespace

void AddSimilarCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "similar", "Find the photos of OUT most similar to a photo, by their features");
  command.AddOption("OUT", &options->out, "Folder or s3://bucket/prefix that verger run made")
      .Required()
      .TakesFolder();
  command
      .AddOption("PHOTO", &options->photos,
                 "Photos to search for: files or s3://bucket/key, from OUT or from elsewhere")
      .TakesFile();
  command
      .AddOption("--row", &options->rows,
                 "Search for a photo of OUT, by the path in its row; the result does not list the "
                 "photo itself")
      .OneValueEach();  // or photos behind it would be rows
  command.AddOption("-n,--most", &options->search.most, "Number of photos to list for each")
      .Between(1, 1'000'000)
      .ShowDefault();
  command
      .AddOption("--metric", &options->search.metric,
                 "Distance: cosine, 1 - the cosine of the angle between features, from 0 to 2; or "
                 "euclidean, the length of their difference")
      .OneOf({"cosine", "euclidean"})
      .ShowDefault();
  command
      .AddOption("--format", &options->format,
                 "Format on stdout: text, or csv or jsonl with query, path, label, distance")
      .OneOf({"text", "csv", "jsonl"})
      .ShowDefault();
  AddNetworkOfOutput(command, "-m,--model", options->model, options->choice);
  AddThreads(command, options->search.threads);
  command.AddFlag("-q,--quiet", &options->quiet, "Print no progress on stderr");
  AddOptions(command, options->s3);
  command.SetFooter(
      "Compares every photo of OUT, so the result is exact. The network, its preset and its "
      "precision\n"
      "are those of OUT. Photos at equal distances are listed by path.\n\n"
      "Examples:\n"
      "  verger similar out shelf.jpg\n"
      "  verger similar out --row Apple/0_100.jpg --most 5\n"
      "  verger similar out new/*.jpg --format csv > nearest.csv");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
