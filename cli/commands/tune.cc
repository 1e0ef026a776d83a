// `tune`: which network, precision and input size to use, for these photos on this machine.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/base/interrupt.h"
#include "cli/base/limits.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/calibrate.h"
#include "cli/commands/commands.h"
#include "cli/commands/compare_models.h"
#include "cli/commands/model_common.h"
#include "cli/commands/options.h"
#include "cli/commands/tune_table.h"
#include "cli/storage/folder.h"

namespace verger::cli {
namespace {

constexpr const char* kOwnSize = "native";

struct Options {
  std::string photos;
  std::vector<std::string> models, precisions, sizes, decodes;
  std::string preset;
  double seconds = 60;
  int threads = 0;
  bool include_hidden = false;
  bool json = false;
  bool quiet = false;
  S3Options s3;

  ProgressMode progress() const {
    if (quiet) return ProgressMode::kNever;
    return json ? ProgressMode::kTerminalOnly : ProgressMode::kAuto;
  }
};

// Opens candidates one by one. The first is what `run` uses without options.
class Candidates {
 public:
  explicit Candidates(const Options& options)
      : options_(options),
        settings_{options.threads, options.seconds, 0, 0, 0, options.progress()} {}

  void AddAll() {
    std::vector<std::string> models = options_.models;
    if (models.empty()) {
      for (const auto& model : DescribeAllEmbedded(left_out_)) models.push_back(model.at("name"));
      for (const ModelEntry& entry : UserStore().List()) models.push_back(entry.name);
    }
    for (const std::string& model : models) {
      for (const std::string& size : SizesOf(model)) {
        for (const std::string& decode : DecodesOf()) {
          // Embedded networks have presets of their own.
          const std::string preset = IsEmbedded(model) ? "" : options_.preset;
          AddPrecisions({model, size, decode, preset, options_.include_hidden});
        }
      }
    }
    if (opened_.empty()) throw *first_failure_;  // nothing to compare with
    if (!options_.precisions.empty() && IsRequested("bf16") && verger_has_bf16() == 0) {
      left_out_.push_back("bf16: this processor does not support it");
    }
  }

  const std::vector<OpenedModel>& opened() const { return opened_; }
  const std::vector<TuneRow>& rows() const { return rows_; }
  const std::vector<std::string>& left_out() const { return left_out_; }
  const CompareSettings& settings() const { return settings_; }

 private:
  // Without --input-size, networks that are not embedded are measured at their own size alone:
  // most exporters fix it.
  std::vector<std::string> SizesOf(const std::string& model) const {
    if (!options_.sizes.empty()) {
      std::vector<std::string> sizes = options_.sizes;
      std::replace(sizes.begin(), sizes.end(), std::string(kOwnSize), std::string());
      return sizes;
    }
    if (IsEmbedded(model)) return {"", "112", "288"};
    return {""};
  }

  std::vector<std::string> DecodesOf() const {
    std::vector<std::string> decodes = options_.decodes;
    if (decodes.empty()) return {""};
    std::replace(decodes.begin(), decodes.end(), std::string("exact"), std::string());
    return decodes;
  }

  bool IsRequested(const char* precision) const {
    const auto& precisions = options_.precisions;
    return precisions.empty() ||
           std::find(precisions.begin(), precisions.end(), precision) != precisions.end();
  }

  void AddPrecisions(const TuneRow& row) {
    ThrowIfInterrupted("interrupted: nothing was written");
    ModelChoice choice;
    choice.preset = row.preset;
    if (!row.size.empty()) choice.preset = JoinedPresets(choice.preset, "size=" + row.size);
    if (!row.decode.empty()) choice.preset = JoinedPresets(choice.preset, "decode=" + row.decode);
    try {
      // fp32 even if it is not requested: the other precisions are compared with it.
      opened_.push_back(OpenModel(row.model, choice, !rows_.empty()));
      rows_.push_back(row);
    } catch (const Failure& failure) {
      if (failure.exit() == Exit::kInterrupted) throw;
      if (!first_failure_) first_failure_ = failure;
      left_out_.push_back(row.size.empty()
                              ? failure.what()
                              : fmt::format("--input-size {}: {}", row.size, failure.what()));
      return;
    }
    const std::size_t fp32 = opened_.size() - 1;
    if (IsRequested("bf16") && verger_has_bf16() != 0) {
      choice.precision = "bf16";
      Add(row, [&] { return OpenModel(row.model, choice, true); });
    }
    if (!IsRequested("int8")) return;
    Add(row, [&] { return OpenInt8(row.model, choice, opened_[fp32], ToCalibrate(), settings_); });
  }

  // The photos that `run --precision int8` would take.
  const std::vector<SampledPhoto>& ToCalibrate() {
    if (to_calibrate_.empty()) {
      to_calibrate_ = SamplePhotos(*OpenPlace(options_.photos, options_.s3), Folder(""),
                                   options_.include_hidden,
                                   static_cast<std::size_t>(Limits().calibration_photos));
    }
    return to_calibrate_;
  }

  template <typename Open>
  void Add(const TuneRow& row, Open open) {
    try {
      opened_.push_back(open());
      rows_.push_back(row);
    } catch (const Failure& failure) {
      if (failure.exit() == Exit::kInterrupted) throw;
      left_out_.push_back(failure.what());
    }
  }

  const Options& options_;
  std::vector<SampledPhoto> to_calibrate_;
  const CompareSettings settings_;
  std::vector<OpenedModel> opened_;
  std::vector<TuneRow> rows_;
  std::vector<std::string> left_out_;
  std::optional<Failure> first_failure_;
};

std::vector<SampledPhoto> SampleOf(const Options& options) {
  const std::shared_ptr<Place> photos = OpenPlace(options.photos, options.s3);
  photos->RequireHolder();
  std::vector<SampledPhoto> sample =
      SampleLabels(*photos, Folder(""), options.include_hidden, kTunePhotos);
  if (sample.empty()) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: no photo that can be read", photos->PathOf("")));
  }
  return sample;
}

void Run(const Options& options) {
  if (!(options.seconds > 0)) {
    throw Failure(Exit::kUsage,
                  fmt::format("--seconds {}: give a time above 0, such as 60", options.seconds));
  }
  WatchForInterrupts();
  const std::vector<SampledPhoto> sample = SampleOf(options);
  Candidates candidates(options);
  candidates.AddAll();
  nlohmann::json report = CompareModels(candidates.opened(), sample, candidates.settings());
  for (std::size_t at = 0; at < candidates.rows().size(); ++at) {
    // The library reports the file of a stored network; the user knows it by its name.
    const std::string& name = candidates.opened()[at].identity.name;
    if (name == candidates.rows()[at].model) report["candidates"][at]["model"] = name;
  }
  if (options.json) {
    for (std::size_t at = 0; at < candidates.rows().size(); ++at) {
      report["candidates"][at]["options"] = OptionsOf(report, candidates.rows(), at);
    }
    report["left_out"] = candidates.left_out();
    PrintJson(report);
    return;
  }
  Print(TuneTable(report, candidates.rows(), options.photos));
  for (const std::string& why : candidates.left_out()) Print("Left out: " + Printable(why) + "\n");
}

}  // namespace

void AddTuneCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "tune", "Measure which network, precision and input size suit PHOTOS and this machine");
  command
      .AddOption("PHOTOS", &options->photos,
                 "Folder or s3://bucket/prefix of photos (JPEG, PNG, WebP); the label of a photo "
                 "is the name of its folder")
      .Required()
      .TakesFolder();
  command
      .AddOption("-m,--model", &options->models,
                 "Networks: names (verger model list) or files (.h5, .keras, .onnx); by default "
                 "all of the list")
      .TakesFile()
      .Suggest(InstalledModels);
  command
      .AddOption("--precision", &options->precisions,
                 "Precisions: fp32, bf16, int8; by default all that this processor supports")
      .OneOf({"fp32", "bf16", "int8"});
  command.AddOption("--input-size", &options->sizes,
                    "Sides of the network's input in pixels, or native; by default native, for "
                    "embedded networks also 112 and 288");
  command
      .AddOption("--decode", &options->decodes,
                 "JPEG decoding: exact, fast or both; by default exact. Try fast for large photos")
      .OneOf({"exact", "fast"});
  command.AddOption("--preset", &options->preset, "Preprocessing of ONNX files, as for verger run");
  command
      .AddOption("--seconds", &options->seconds,
                 "About how long to measure, without the time to prepare networks")
      .ShowDefault();
  command.AddFlag("--include-hidden", &options->include_hidden,
                  "Include hidden files, and files in folders of the operating system");
  AddThreads(command, options->threads);
  command.AddFlag("--json", &options->json, "Print all measurements as JSON, for programs");
  command.AddFlag("-q,--quiet", &options->quiet, "Print no progress on stderr");
  AddOptions(command, options->s3);
  command.SetFooter(
      "Sends a sample of up to 512 photos through each network, as a run would. Writes nothing.\n\n"
      "Examples:\n"
      "  verger tune orchard\n"
      "  verger tune orchard --model efficientnet-lite0 --input-size native 112\n"
      "  verger tune orchard --model resnet50 --precision fp32 int8 --json");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
