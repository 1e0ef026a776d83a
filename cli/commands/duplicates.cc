#include "cli/runs/duplicates.h"

#include <fmt/format.h>

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

nlohmann::ordered_json Json(const NamedPhoto& photo) {
  return {{"path", photo.path}, {"label", photo.label}};
}

std::int64_t Spare(const Duplicates& found) {
  std::int64_t spare = 0;
  for (const EqualPhotos& equal : found.equal) {
    spare += static_cast<std::int64_t>(equal.photos.size()) - 1;
  }
  return spare;
}

std::string ToJson(const Duplicates& found, const Options& options) {
  nlohmann::ordered_json json = {{"photos", found.photos},
                                 {"spare", Spare(found)},
                                 {"equal", nlohmann::ordered_json::array()}};
  for (const EqualPhotos& equal : found.equal) {
    nlohmann::ordered_json photos = nlohmann::ordered_json::array();
    for (const NamedPhoto& photo : equal.photos) photos.push_back(Json(photo));
    json["equal"].push_back({{"sha256", equal.sha256},
                             {"across_labels", equal.across_labels},
                             {"photos", std::move(photos)}});
  }
  if (options.near) {
    json["within"] = options.within;
    json["near_pairs"] = found.near_pairs;
    json["near_across_labels"] = found.near_across_labels;
    json["near"] = nlohmann::ordered_json::array();
    for (const NearPhotos& near : found.near) {
      json["near"].push_back({{"distance", near.distance},
                              {"across_labels", near.across_labels},
                              {"photos", nlohmann::ordered_json::array(
                                             {Json(near.photos[0]), Json(near.photos[1])})}});
    }
  }
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

// The label is said where the path, or what stands for it, does not show it.
std::string Line(const NamedPhoto& photo) {
  const bool shown = ("/" + photo.path).find("/" + photo.label + "/") != std::string::npos;
  const std::string label = shown ? "" : fmt::format("  ({})", Printable(photo.label));
  return fmt::format("  {}{}\n", Printable(photo.path), label);
}

std::string Counted(std::int64_t count, const std::string& word) {
  return fmt::format("{} {}{}", WithCommas(static_cast<std::uint64_t>(count)), word,
                     count == 1 ? "" : "s");
}

std::string ToText(const Duplicates& found, const Options& options) {
  std::string text;
  const auto across = [](bool is) { return is ? ", across labels" : ""; };
  for (const EqualPhotos& equal : found.equal) {
    text += fmt::format("equal bytes{}\n", across(equal.across_labels));
    for (const NamedPhoto& photo : equal.photos) text += Line(photo);
  }
  for (const NearPhotos& near : found.near) {
    text += fmt::format("{:.4f} apart{}\n", near.distance, across(near.across_labels));
    for (const NamedPhoto& photo : near.photos) text += Line(photo);
  }
  if (!text.empty()) text += '\n';
  const char* only = options.across_labels ? " across labels" : "";
  text += fmt::format("{}: {} of equal bytes{}, {} to spare\n", Counted(found.photos, "photo"),
                      Counted(static_cast<std::int64_t>(found.equal.size()), "group"), only,
                      WithCommas(static_cast<std::uint64_t>(Spare(found))));
  if (!options.near) return text;
  text +=
      fmt::format("{} at most {} apart{}", Counted(found.near_pairs, "pair"), options.within, only);
  if (!options.across_labels) {
    text += fmt::format(", {} across labels",
                        WithCommas(static_cast<std::uint64_t>(found.near_across_labels)));
  }
  if (found.near.size() < static_cast<std::size_t>(found.near_pairs)) {
    text += fmt::format("; {} listed, nearest first: --most lists more", found.near.size());
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
  const Duplicates found = FindDuplicates(output, settings);
  Print(options.output.json ? ToJson(found, options) : ToText(found, options));
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
