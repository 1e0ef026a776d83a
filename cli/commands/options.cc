#include "cli/commands/options.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "cli/base/error.h"
#include "cli/base/limits.h"
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
  if (settings.threads == 0) settings.threads = UsableThreads();
  return settings;
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

void AddOptions(CLI::App& command, OutputOptions& options, const std::string& out) {
  command.add_option("OUT", options.out, out)->required();
  command.add_flag("--json", options.json, "Print a JSON summary for machines");
  command.add_flag("-q,--quiet", options.quiet, "No progress on stderr");
  AddOptions(command, options.s3);
}

void AddOptions(CLI::App& command, ExtractOptions& options) {
  command
      .add_option("PHOTOS", options.photos,
                  "Folder or s3://bucket/prefix of photos (JPEG, PNG, WebP); the folder that holds "
                  "a photo names its label")
      ->required();
  command.add_option("-m,--model", options.model,
                     "Network: a name (verger model list) or a file (.h5, .keras, .onnx); "
                     "efficientnet-lite0 by default");
  AddOptions(command, options.preset);
  AddFeatureOptions(command, options.choice);
  command
      .add_option(
          "--precision", options.choice.precision,
          "Numbers to compute in: fp32, as trained; bf16, twice as fast on processors that "
          "have it; int8, two to three times, quantised by a sample of the photos; auto, the "
          "fastest here that is as good on a sample. By default as OUT has it, else fp32")
      ->check(CLI::IsMember({"fp32", "bf16", "int8", kAutoPrecision}));
  command
      .add_option("--max-reject-rate", options.max_reject_rate,
                  "Exit with 3 if a larger share of the photos is rejected")
      ->capture_default_str();
  command.add_flag("--include-hidden", options.extraction.plan.include_hidden,
                   "Take hidden files too, and those in folders that a system keeps for itself");
  command.add_flag(
      "--sync", options.extraction.plan.drop_vanished,
      "Drop the rows of photos that are no longer listed in PHOTOS; otherwise they stay");
  command
      .add_option("--path-mode", options.path_mode,
                  "plain, or hash: rows hold the SHA-256 of a photo's path instead of the path")
      ->check(CLI::IsMember({"plain", "hash"}))
      ->capture_default_str();
  command
      .add_option("--batch", options.extraction.batch_size,
                  "Photos the network sees at a time; the library's choice by default")
      ->check(CLI::Range(1, Limits().max_batch));
  command
      .add_option(
          "--max-pixels", options.extraction.plan.max_pixels,
          fmt::format("Reject photos of more pixels; {} by default", Limits().max_photo_pixels))
      ->check(CLI::Range(std::int64_t{1}, Limits().most_photo_pixels));
  command
      .add_option(
          "--max-bytes", options.extraction.plan.max_bytes,
          fmt::format("Reject photos of larger files; {} by default", Limits().max_photo_bytes))
      ->check(CLI::Range(std::int64_t{1}, Limits().most_photo_bytes));
  AddThreads(command, options.extraction.threads);
}

void AddOptions(CLI::App& command, ReduceOptions& options) {
  command.add_option("-k,--components", options.components,
                     "How many components (50), or the share of the variance they explain (0.95); "
                     "50 by default, fewer if the photos do not allow as many");
  command
      .add_option("--scores", options.scores,
                  "centred: the mean is subtracted, as scikit-learn does; spark: it is not, as "
                  "Spark ML does")
      ->check(CLI::IsMember({"centred", "spark"}))
      ->capture_default_str();
}

ModelChoice ExtractOptions::Choice() const { return Chosen(preset, choice); }

ModelChoice Chosen(const PresetOptions& preset, ModelChoice choice) {
  choice.preset = preset.Text();
  return choice;
}

void AddFeatureOptions(CLI::App& command, ModelChoice& choice) {
  command.add_option("--output", choice.output,
                     "Of an ONNX file, the output that is the features; not needed where only one "
                     "fits");
  command
      .add_option("--pool", choice.pool,
                  "Of an ONNX file whose output is tokens (batch, t, d): cls, the first, or mean; "
                  "mean also of maps")
      ->check(CLI::IsMember({"cls", "mean"}));
}

void AddThreads(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "Threads to compute with; all by default")
      ->check(CLI::Range(1, Limits().max_threads));
}

void AddOptions(CLI::App& command, S3Options& options) {
  constexpr const char* kGroup = "S3";
  command
      .add_option("--regions", options.regions,
                  "Regions that buckets may lie in, e.g. eu-west-3,eu-west-1, or any. By "
                  "default VERGER_REGIONS, else eu-west-3 for AWS")
      ->group(kGroup);
  command
      .add_option("--addressing", options.addressing,
                  "path or virtual; by default path where there is an AWS_ENDPOINT_URL")
      ->check(CLI::IsMember({"path", "virtual"}))
      ->group(kGroup);
  command.add_flag("--no-sign-request", options.no_sign_request, "For buckets that are public")
      ->group(kGroup);
  command
      .add_flag("--request-payer", options.request_payer,
                "You pay for the requests, of buckets whose owner wants it so")
      ->group(kGroup);
  command
      .add_option("--sse", options.encryption,
                  "Encrypt what is written: AES256 or aws:kms; by default as the bucket says")
      ->check(CLI::IsMember({"AES256", "aws:kms"}))
      ->group(kGroup);
  command.add_option("--sse-kms-key-id", options.encryption_key, "Key for --sse aws:kms")
      ->group(kGroup);
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
