#include <fmt/core.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/classifier_options.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/training.h"

namespace verger::cli {
namespace {

struct Options {
  OutputOptions output;
  TrainingOptions training;
  ClassifierOptions classifier;
};

// Settings as the library takes them. Errors: Failure kUsage.
TrainingOptions SettingsFrom(const Options& options) {
  TrainingOptions settings = options.training;
  settings.transform = options.classifier.Transform();
  settings.shrinkage = options.classifier.Shrinkage();
  settings.method = options.classifier.method;
  settings.groups = options.classifier.groups;
  settings.label_level = options.classifier.label_level;
  settings.label_table = options.classifier.LabelTable();
  settings.penalty = options.classifier.penalty;
  settings.threads = UsableThreads(settings.threads);
  settings.progress = options.output.progress();
  return settings;
}

std::string Percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string MethodForPeople(const std::string& method) {
  if (method == "lda") return "linear discriminant analysis";
  if (method == "logistic") return "logistic regression";
  return "relative distances between discriminants";
}

// `json`: of verger_classifier_describe.
std::string ToText(const nlohmann::json& json, const std::string& place, double seconds,
                   std::int64_t bytes) {
  const nlohmann::json& settings = json.at("settings");
  const nlohmann::json& held_out = json.at("held_out");
  const nlohmann::json& confidence = json.at("confidence");
  const std::string method = MethodForPeople(settings.at("method"));
  std::string text = fmt::format(
      "Trained on {} of {} by {} (transform {}, shrinkage {}) in {:.2f} s: {}, {}\n",
      Pluralize(json.at("photos"), "photo", "photos"),
      Pluralize(std::ssize(json.at("labels")), "label", "labels"), method,
      settings.at("transform").get<std::string>(), settings.at("shrinkage").get<double>(), seconds,
      place, HumanBytes(static_cast<double>(bytes)));
  if (held_out.at("photos") == 0) {
    return text +
           "No group of photos could be held out, so probabilities are not calibrated and no photo "
           "is called unknown: add other series of photos.\n";
  }
  text += fmt::format(
      "On held-out groups ({}): accuracy {}, calibration error {}; sets of likely labels contain "
      "the right\n"
      "label of {} of the photos, {} was promised\n"
      "Unknown: {} of these photos, {} of photos whose labels were left out of training (AUROC "
      "{:.3f})\n",
      Pluralize(held_out.at("photos"), "photo", "photos"), Percent(held_out.at("accuracy")),
      Percent(held_out.at("calibration_error")), Percent(held_out.at("coverage")),
      Percent(confidence.at("coverage")), Percent(1 - held_out.at("known_accepts").get<double>()),
      Percent(1 - held_out.at("unknown_accepts").get<double>()),
      held_out.at("unknown_auroc").get<double>());
  return text + "To compare with a naive split, and to test unseen angles, run verger evaluate.\n";
}

// A damaged classifier is trained again; the labels that were taught are lost with it.
ClassifierHandle FindWhole(const Output& output) {
  try {
    return FindClassifier(output);
  } catch (const Failure& failure) {
    if (failure.exit() != Exit::kBadInput) throw;
    Warn(fmt::format("{}: its taught labels are lost: teach them again", failure.what()));
    return nullptr;
  }
}

std::size_t TaughtPhotos(const verger_classifier& classifier) {
  return ParseJson(DescribeClassifier(classifier)).at("taught_labels").size();
}

// Warns if taught labels were lost: their features are of another network or column.
void WarnIfUntaught(const verger_classifier* before, const verger_classifier& after) {
  if (before == nullptr) return;
  const std::size_t lost = TaughtPhotos(*before) - TaughtPhotos(after);
  if (lost == 0) return;
  Warn(fmt::format(
      "{} of taught labels do not fit the new features and were removed: teach these labels again",
      Pluralize(static_cast<std::int64_t>(lost), "photo", "photos")));
}

void Run(const Options& options) {
  const TrainingOptions settings = SettingsFrom(options);
  const std::shared_ptr<Place> place = options.output.OpenOut();
  Output::Open(place).Extracted();  // before anything is made
  WatchForInterrupts();
  Output output = Output::OpenForWriting(place);
  const Manifest& manifest = output.Extracted();
  if (settings.column == "pca_features") output.Reduced();
  const ClassifierHandle before = FindWhole(output);
  const auto start = std::chrono::steady_clock::now();
  const ClassifierHandle classifier = TrainClassifier(output, manifest, settings, before.get());
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  WarnIfUntaught(before.get(), *classifier);
  const std::int64_t bytes = PublishClassifier(output, *classifier);
  auto json = ParseOrderedJson(DescribeClassifier(*classifier));
  if (!options.output.json) {
    return Print(ToText(nlohmann::json(json), output.place().PathOf(kClassifier), seconds, bytes));
  }
  json["seconds"] = seconds;
  json["bytes"] = bytes;
  Print(FormatJson(json, 1) + "\n");
}

}  // namespace

void AddTrainCommand(Command& program) {
  auto options = std::make_shared<Options>();
  TrainingOptions& training = options->training;
  Command command = program.AddCommand(
      "train", "Train a classifier on the rows of OUT: writes OUT/Model/classifier.safetensors");
  AddOptions(command, options->output, "Folder or s3://bucket/prefix that verger run made");
  AddOptions(command, options->classifier);
  command.AddOption("--features", &training.column, "Column to train on")
      .OneOf({"features", "pca_features"})
      .ShowDefault();
  command
      .AddOption("--coverage", &training.coverage,
                 "How often the set of likely labels must contain the right one (default 0.95)")
      .Between(0.001, 0.999);
  command
      .AddOption("--false-accepts", &training.false_accepts,
                 "Share of photos of unknown fruit that may pass as known (default 0.05). With "
                 "fewer than five labels: share of known photos called unknown")
      .Between(0.001, 0.999);
  AddThreads(command, training.threads);
  command.SetFooter(
      "Holds out groups of photos in turn, and calibrates on them the probabilities, the sets of "
      "likely\n"
      "labels and the threshold of \"unknown\". Labels that verger teach added stay.\n\n"
      "Examples:\n"
      "  verger train out\n"
      "  verger train out --method logistic\n"
      "  verger train out --groups 'tray(\\d+)'\n"
      "  verger train out --labels coarse.csv   # lines such as Gala,Apple\n"
      "  verger train out --transform root --shrinkage 0.2 --json");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
