#include "cli/runs/duplicates.h"

#include <fmt/core.h>

#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"

namespace verger::cli {
namespace {

constexpr double kWithin = 0.35;  // the help says why

struct Options {
  OutputOptions output;
  bool near = false;
  bool across_labels = false;
  double within = kWithin;
  std::size_t most = 100;
};

// `json`: what FindDuplicates returned.
std::string ToText(const nlohmann::json& json, const Options& options) {
  std::string text;
  const auto list = [&](const std::string& what, const nlohmann::json& group) {
    text += fmt::format("{}{}\n", what, group.at("across_labels") ? ", across labels" : "");
    for (const nlohmann::json& photo : group.at("photos")) {
      text += fmt::format("  {}\n", PathAndLabel(photo.at("path").get<std::string>(),
                                                 photo.at("label").get<std::string>()));
    }
  };
  const nlohmann::json& equal = json.at("equal");
  for (const nlohmann::json& group : equal) list("equal bytes", group);
  const nlohmann::json near = json.value("near", nlohmann::json::array());
  for (const nlohmann::json& pair : near) {
    list(fmt::format("{:.4f} apart", pair.at("distance").get<double>()), pair);
  }
  if (!text.empty()) text += '\n';
  const char* only = options.across_labels ? " across labels" : "";
  text += fmt::format(
      "{}: {} of equal bytes{}, {} redundant\n", Pluralize(json.at("photos"), "photo", "photos"),
      Pluralize(std::ssize(equal), "group", "groups"), only, WithCommas(json.at("spare")));
  if (!options.near) return text;
  const std::int64_t pairs = json.at("near_pairs");
  text +=
      fmt::format("{} at most {} apart{}", Pluralize(pairs, "pair", "pairs"), options.within, only);
  if (!options.across_labels) {
    text += fmt::format(", {} across labels", WithCommas(json.at("near_across_labels")));
  }
  if (std::ssize(near) < pairs) {
    text += fmt::format("; {} listed, nearest first: --most lists more", near.size());
  }
  return text.append("\n");
}

void Run(const Options& options) {
  if (!(options.within >= 0)) {
    throw Failure(Exit::kUsage, fmt::format("--within {}: not a distance: give one such as {}",
                                            options.within, kWithin));
  }
  const Output output = Output::Open(options.output.OpenOut());
  DuplicatesOptions settings;
  if (options.near) settings.within = options.within;
  settings.most = options.most;
  settings.across_labels = options.across_labels;
  settings.progress = options.output.progress();
  const std::string json = FindDuplicates(output, settings);
  Print(options.output.json ? json + "\n" : ToText(ParseJson(json), options));
}

}  // namespace

void AddDuplicatesCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command =
      program.AddCommand("duplicates", "Find photos of OUT that are equal or nearly equal");
  AddOptions(command, options->output, "Folder or s3://bucket/prefix that verger run made");
  command.AddFlag("--near", &options->near,
                  "Find pairs with nearly equal features too, nearest first");
  const Option within =
      command
          .AddOption("--within", &options->within,
                     "Largest distance of such pairs, in standard deviations of the features")
          .ShowDefault();
  const Option most =
      command.AddOption("--most", &options->most, "Number of such pairs to list").ShowDefault();
  command.AddFlag("--across-labels", &options->across_labels,
                  "Only across labels: one of the labels is likely wrong");
  command.SetFooter(
      "Two random photos are about 1.4 apart. In Fruits-360, whose photos are frames of turning "
      "fruit,\n"
      "the embedded network puts 95 % of neighbouring frames at most 0.35 apart, 91 % of frames 2 "
      "apart\n"
      "and 78 % of frames 3 apart. Of 55 million pairs across labels, 174 are as near: all in one "
      "pair\n"
      "of labels that shows the same cherry twice. For other networks, look at the nearest pairs "
      "first.\n"
      "Photos with equal bytes and label count as one in pairs.\n\n"
      "Examples:\n"
      "  verger duplicates out\n"
      "  verger duplicates out --near --across-labels\n"
      "  verger duplicates out --near --within 0.2 --most 1000 --json");
  command.SetAction([options, within, most] {
    options->near |= within.IsPresent() || most.IsPresent();
    Run(*options);
  });
}

}  // namespace verger::cli
