#include "cli/commands/options.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "cli/base/error.h"
#include "cli/base/limits.h"
#include "cli/commands/model_common.h"
#include "cli/engine/usable_threads.h"

namespace verger::cli {
namespace {

constexpr int kDefaultComponents = 50;

// A number that takes all of `text`; NaN otherwise. Reads the same in every locale.
double NumberIn(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nan("");
  return number;
}

}  // namespace

ProgressMode OutputOptions::progress() const {
  if (quiet) return ProgressMode::kNever;
  return json ? ProgressMode::kTerminalOnly : ProgressMode::kAuto;
}

double ExtractOptions::MaxRejectRate() const {
  std::string_view text = max_reject_rate;
  double scale = 1;
  if (text.ends_with('%')) {
    text.remove_suffix(1);
    scale = 100;
  }
  const double rate = NumberIn(text) / scale;
  if (!(rate >= 0 && rate <= 1)) {
    throw Failure(Exit::kUsage, fmt::format("--max-reject-rate {}: not a share of the photos: give "
                                            "one such as 0.05 or 5%",
                                            max_reject_rate));
  }
  return rate;
}

std::shared_ptr<Place> ExtractOptions::OpenPhotos(const S3Options& s3) const {
  std::shared_ptr<Place> place = OpenPlace(photos, s3);
  try {
    place->RequireHolder();
  } catch (const Failure& failure) {
    if (failure.exit() != Exit::kStorage) throw;
    throw Failure(Exit::kBadInput, failure.what());
  }
  return place;
}

ExtractionOptions ExtractOptions::Settings() const {
  ExtractionOptions settings = extraction;
  if (path_mode == "hash") settings.plan.path_mode = PathMode::kHash;
  settings.threads = UsableThreads(settings.threads);
  return settings;
}

std::unique_ptr<Isolation> ExtractOptions::StartIsolation() {
  std::unique_ptr<Isolation> isolation = isolate.Start(extraction.plan.max_pixels);
  if (isolation) extraction.decoder = isolation->decoder();
  return isolation;
}

PcaSettings ReduceOptions::Settings() const {
  PcaSettings settings;
  settings.spark_scores = scores == "spark";
  if (components.empty()) {
    settings.components = kDefaultComponents;
    settings.fewer_will_do = true;
    return settings;
  }
  const double number = NumberIn(components);
  if (number > 0 && number < 1) {
    settings.variance_share = number;
  } else if (number >= 1 && number <= Limits().max_dimension && number == std::floor(number) &&
             components.find('.') == std::string::npos) {
    settings.components = static_cast<int>(number);
  } else {
    throw Failure(Exit::kUsage,
                  fmt::format("--components {}: give a number of components such as 50, or the "
                              "share of the variance to explain such as 0.95",
                              components));
  }
  return settings;
}

void AddOptions(Command& command, OutputOptions& options, const std::string& out) {
  command.AddOption("OUT", &options.out, out).Required().TakesFolder();
  command.AddFlag("--json", &options.json, "Print a JSON summary, for programs");
  command.AddFlag("-q,--quiet", &options.quiet, "Print no progress on stderr");
  AddOptions(command, options.s3);
}

void AddOptions(Command& command, ExtractOptions& options) {
  command
      .AddOption("PHOTOS", &options.photos,
                 "Folder or s3://bucket/prefix of photos (JPEG, PNG, WebP); the label of a photo "
                 "is the name of its folder")
      .Required()
      .TakesFolder();
  command
      .AddOption("-m,--model", &options.model,
                 "Network: a name (verger model list) or a file (.h5, .keras, .onnx); "
                 "efficientnet-lite0 by default")
      .TakesFile()
      .Suggest(InstalledModels);
  AddOptions(command, options.preset);
  AddFeatureOptions(command, options.choice);
  command
      .AddOption("--precision", &options.choice.precision,
                 "Number format of the network: fp32, as trained; bf16, twice as fast on "
                 "processors that support it; int8, two to three times as fast, calibrated on a "
                 "sample of the photos; auto, the fastest that is as accurate on a sample. By "
                 "default the precision of OUT, else fp32")
      .OneOf({"fp32", "bf16", "int8", kAutoPrecision});
  command
      .AddOption("--max-reject-rate", &options.max_reject_rate,
                 "Exit with 3 if a larger share of the photos is rejected")
      .ShowDefault();
  command.AddFlag("--include-hidden", &options.extraction.plan.include_hidden,
                  "Include hidden files, and files in folders of the operating system");
  command.AddFlag(
      "--sync", &options.extraction.plan.drop_vanished,
      "Drop the rows of photos that are no longer listed in PHOTOS; otherwise they stay");
  command
      .AddOption("--path-mode", &options.path_mode,
                 "How rows identify a photo: plain, by its path; hash, by the SHA-256 of its path")
      .OneOf({"plain", "hash"})
      .ShowDefault();
  command
      .AddOption("--batch", &options.extraction.batch_size,
                 "Number of photos per batch; by default the library chooses it")
      .Between(1, Limits().max_batch);
  AddPhotoLimits(command, options.extraction.plan.max_pixels, options.extraction.plan.max_bytes);
  AddOptions(command, options.isolate);
  AddThreads(command, options.extraction.threads);
}

void AddOptions(Command& command, ReduceOptions& options) {
  command.AddOption("-k,--components", &options.components,
                    "Number of components (50), or the share of the variance to explain (0.95); by "
                    "default 50, or fewer if the photos do not allow 50");
  command
      .AddOption("--scores", &options.scores,
                 "How to project: centred, subtract the mean first, as scikit-learn does; spark, "
                 "do not, as Spark ML does")
      .OneOf({"centred", "spark"})
      .ShowDefault();
}

ModelChoice ExtractOptions::Choice() const { return WithPreset(preset, choice); }

ModelChoice WithPreset(const PresetOptions& preset, ModelChoice choice) {
  choice.preset = preset.Text();
  return choice;
}

void AddFeatureOptions(Command& command, ModelChoice& choice) {
  command.AddOption(
      "--output", &choice.output,
      "Name of the ONNX file's output to use as features; needed if several could be used");
  command
      .AddOption("--pool", &choice.pool,
                 "How to reduce an ONNX output to one vector per photo: cls, the first token of "
                 "(batch, tokens, features); mean, the mean over all tokens or over a feature map")
      .OneOf({"cls", "mean"});
}

void AddNetworkOfOutput(Command& command, const char* names, std::string& model,
                        ModelChoice& choice) {
  command
      .AddOption(names, &model,
                 "File of OUT's network, if the network is neither built in nor in the store")
      .TakesFile();
  AddFeatureOptions(command, choice);
}

void AddPhotoNames(Command& command, std::vector<std::string>& photos) {
  command.AddOption("PHOTOS", &photos, "Folders, s3://bucket/prefix, or photos; one or more")
      .Required()
      .TakesFile();
}

void AddRowFormat(Command& command, std::string& format) {
  command
      .AddOption(
          "--format", &format,
          "Format of the rows on stdout: text, csv, jsonl (one JSON object per line) or parquet")
      .OneOf({"text", "csv", "jsonl", "parquet"})
      .ShowDefault();
}

ProgressMode ProgressBeside(const std::string& format, bool quiet) {
  if (quiet) return ProgressMode::kNever;
  return format == "text" ? ProgressMode::kAuto : ProgressMode::kTerminalOnly;
}

void AddPhotoLimits(Command& command, std::int64_t& max_pixels, std::int64_t& max_bytes) {
  command
      .AddOption(
          "--max-pixels", &max_pixels,
          fmt::format("Reject photos with more pixels; {} by default", Limits().max_photo_pixels))
      .Between(std::int64_t{1}, Limits().largest_max_pixels);
  command
      .AddOption(
          "--max-bytes", &max_bytes,
          fmt::format("Reject photos of larger files; {} by default", Limits().max_photo_bytes))
      .Between(std::int64_t{1}, Limits().largest_max_bytes);
}

void AddThreads(Command& command, int& threads) {
  command
      .AddOption("--threads", &threads,
                 "Number of threads; by default all that this process may use")
      .Between(1, Limits().max_threads);
}

void AddOptions(Command& command, S3Options& options) {
  constexpr const char* kGroup = "S3";
  command
      .AddOption("--regions", &options.regions,
                 "Allowed regions of buckets, e.g. eu-west-3,eu-west-1, or any. By default "
                 "VERGER_REGIONS, else eu-west-3 for AWS")
      .Group(kGroup);
  command
      .AddOption("--addressing", &options.addressing,
                 "How URLs name the bucket: path (host/bucket) or virtual (bucket.host); by "
                 "default path if AWS_ENDPOINT_URL is set")
      .OneOf({"path", "virtual"})
      .Group(kGroup);
  command
      .AddFlag("--no-sign-request", &options.no_sign_request,
               "Send unsigned requests, for public buckets")
      .Group(kGroup);
  command
      .AddFlag("--request-payer", &options.request_payer,
               "Agree to pay for requests and transfer, as requester-pays buckets demand")
      .Group(kGroup);
  command
      .AddOption("--sse", &options.encryption,
                 "Server-side encryption to request for new objects: AES256 or aws:kms; by default "
                 "the bucket's setting")
      .OneOf({"AES256", "aws:kms"})
      .Group(kGroup);
  command
      .AddOption("--sse-kms-key-id", &options.encryption_key,
                 "ID or ARN of the KMS key for --sse aws:kms")
      .Group(kGroup);
}

std::string ShellQuoted(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:@%,=";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace verger::cli
