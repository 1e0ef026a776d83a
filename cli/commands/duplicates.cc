#include "cli/runs/duplicates.h"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

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

// The label is said where the path, or what stands for it, does not show it.
std::string Line(const nlohmann::json& photo) {
  const std::string path = photo.at("path");
  const std::string label = photo.at("label");
  const bool shown = ("/" + path).find("/" + label + "/") != std::string::npos;
  return fmt::format("  {}{}\n", Printable(path),
                     shown ? "" : fmt::format("  ({})", Printable(label)));
}

// `json`: what FindDuplicates returned.
std::string ToText(const nlohmann::json& json, const Options& options) {
  std::string text;
  const auto list = [&](const std::string& what, const nlohmann::json& group) {
    text += fmt::format("{}{}\n", what, group.at("across_labels") ? ", across labels" : "");
    for (const nlohmann::json& photo : group.at("photos")) text += Line(photo);
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
      "{}: {} of equal bytes{}, {} to spare\n", Counted(json.at("photos"), "photo", "photos"),
      Counted(std::ssize(equal), "group", "groups"), only, WithCommas(json.at("spare")));
  if (!options.near) return text;
  const std::int64_t pairs = json.at("near_pairs");
  text +=
      fmt::format("{} at most {} apart{}", Counted(pairs, "pair", "pairs"), options.within, only);
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
  Print(options.output.json ? json + "\n" : ToText(nlohmann::json::parse(json), options));
}

}  // namespace

void AddDuplicatesCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("duplicates", "Photos that OUT has more than once, or nearly so");
  AddOptions(*command, options->output, "Folder or s3://bucket/prefix that verger run made");
  command->add_flag("--near", options->near,
                    "Also pairs whose features are nearly the same, nearest first");
  const CLI::Option* within =
      command
          ->add_option("--within", options->within,
                       "How far apart those may be, in standard deviations of the features")
          ->capture_default_str();
  const CLI::Option* most =
      command->add_option("--most", options->most, "How many of those pairs to list")
          ->capture_default_str();
  command->add_flag("--across-labels", options->across_labels,
                    "Only what is in more than one label: one of them is likely wrong");
  command->footer(
      "Two photos taken at random are about 1.4 apart. Of the frames of turning fruit in "
      "Fruits-360,\n"
      "by the embedded network, 95 % of those next to each other are at most 0.35 apart, 91 % of "
      "those\n"
      "2 and 78 % of those 3 frames apart. Of 55 million pairs across labels 174 are: all of one "
      "pair\n"
      "of labels that shows the same cherry twice. Of other networks, look at the nearest pairs "
      "first.\n"
      "In pairs, photos of equal bytes and label stand for one.\n\n"
      "Examples:\n"
      "  verger duplicates out\n"
      "  verger duplicates out --near --across-labels\n"
      "  verger duplicates out --near --within 0.2 --most 1000 --json");
  command->callback([options, within, most] {
    options->near |= within->count() > 0 || most->count() > 0;
    Run(*options);
  });
}

}  // namespace verger::cli
