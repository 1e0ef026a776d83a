#include "cli/commands/options.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "cli/base/error.h"

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
  } else if (number >= 1 && number <= 65536 && number == std::floor(number) &&
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
}

void AddOptions(CLI::App& command, ExtractOptions& options) {
  command
      .add_option("PHOTOS", options.photos,
                  "Folder of photos (JPEG, PNG, WebP); the folder that holds a photo names its "
                  "label")
      ->required();
  command.add_option("-m,--model", options.model,
                     "Network: a name (verger model list) or a file (.h5, .onnx); "
                     "efficientnet-lite0 by default");
  command.add_option("--preset", options.preset,
                     "Preprocessing for an ONNX file: " + std::string(verger_presets()));
  command
      .add_option("--max-reject-rate", options.max_reject_rate,
                  "Exit with 3 if a larger share of the photos is rejected")
      ->capture_default_str();
  command.add_option("--batch", options.extraction.batch_size, "Photos the network sees at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
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

void AddThreads(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "Threads to compute with; all by default")
      ->check(CLI::Range(1, 1024));
}

void RequireFolder(const std::string& place) {
  const std::size_t colon = place.find("://");
  if (colon == std::string::npos) return;
  throw Failure(Exit::kUsage,
                fmt::format("{}: this version reads and writes folders; bring the bucket into one "
                            "first, e.g. by 'aws s3 sync'",
                            place));
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
