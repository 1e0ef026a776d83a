// `model fetch`: a model from the world into the store.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "cli/base/error.h"
#include "cli/base/interrupt.h"
#include "cli/base/progress.h"
#include "cli/base/text.h"
#include "cli/commands/model_common.h"
#include "cli/commands/preset_options.h"
#include "cli/engine/handles.h"
#include "cli/models/catalogue.h"
#include "cli/models/fetch.h"

namespace verger::cli {
namespace {

struct FetchOptions {
  std::string name, url, sha256, license;
  PresetOptions preset;
  bool replace = false, json = false, quiet = false;
  int retries = 6;
  int timeout = 30;
};

ModelSource SourceFor(const FetchOptions& options) {
  if (options.url.empty()) {
    if (!options.sha256.empty()) throw Failure(Exit::kUsage, "--sha256 needs --url");
    if (const ModelSource* known = FindSource(options.name)) {
      RequireLicenseOf(*known, options.license);
      const std::string preset = options.preset.Text();
      if (preset.empty() || preset == known->preset) return *known;
      throw Failure(Exit::kUsage, fmt::format("{} is fetched with its own preset, {}: leave out "
                                              "{}, and give it to verger run instead",
                                              known->name, known->preset, Printable(preset)));
    }
    if (IsEmbedded(options.name)) {
      throw Failure(Exit::kUsage, fmt::format("{} is inside the program: there is nothing to fetch",
                                              options.name));
    }
    std::string names;
    for (const ModelSource& source : Catalogue()) names += " " + source.name;
    throw Failure(Exit::kBadInput,
                  fmt::format("no model '{}' to fetch; Verger knows:{}\nTo fetch another one: "
                              "verger model fetch NAME --url URL --sha256 HASH",
                              Printable(options.name), names));
  }
  if (options.sha256.empty()) {
    throw Failure(Exit::kUsage,
                  "--url needs --sha256, the digest of the file as its publisher "
                  "states it: what cannot be checked is not fetched");
  }
  return {options.name,          options.name,   options.url, 0, ParseSha256(options.sha256),
          options.preset.Text(), options.license};
}

void Fetch(const FetchOptions& options) {
  WatchForInterrupts();
  const ModelSource source = SourceFor(options);
  std::optional<Progress> progress;
  const ProgressMode mode = options.quiet  ? ProgressMode::kNever
                            : options.json ? ProgressMode::kTerminalOnly
                                           : ProgressMode::kAuto;
  DownloadOptions download;
  download.retries = options.retries;
  download.stall_seconds = options.timeout;
  download.cancelled = [] { return InterruptedBy() != 0; };
  download.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (!progress) {  // only now: there may be nothing to download
      progress.emplace(
          Progress::Options{"fetch " + source.name, ProgressUnit::kBytes, total, mode});
      progress->SetBefore(done);
    }
    progress->SetTotal(total);
    progress->SetDone(done);
  };
  download.note = [&](const std::string& line) {
    if (progress) {
      progress->Say(line);
    } else if (!options.quiet) {
      fmt::print(stderr, "{}\n", line);
    }
  };
  const FetchResult result =
      FetchModel(UserStore(), source, options.replace, download,
                 [&](const std::string& name, const std::string& bytes, const std::string& preset) {
                   if (progress) progress->Finish();
                   return EntryFor(name, bytes, ModelChoice{preset, "", "", "", ""});
                 });
  if (options.json) {
    PrintJson(ToJson(result.entry));
    return;
  }
  SayKept(result.entry, result.how == Fetched::kAlreadyThere ? "Already there:"
                        : result.how == Fetched::kFromKeras  ? "From Keras's own folder:"
                                                             : "Fetched");
}

}  // namespace

void AddModelFetch(CLI::App& model) {
  auto options = std::make_shared<FetchOptions>();
  CLI::App* command = model.add_subcommand(
      "fetch", "Download a model, check it, keep it; goes on where it was interrupted");
  command->add_option("NAME", options->name, "resnet50, or with --url a name of your choice")
      ->required();
  command->add_option("--url", options->url, "Where another .h5 or .onnx is: http, https or file")
      ->needs(command->add_option("--sha256", options->sha256, "Digest of the file at --url"));
  AddOptions(*command, options->preset);
  command->add_option("--license", options->license, "License of the model at --url");
  command->add_flag("--replace", options->replace, "Replace another model of this name");
  command->add_option("--retries", options->retries, "After failures in a row")
      ->check(CLI::Range(0, 20))
      ->capture_default_str();
  command->add_option("--timeout", options->timeout, "Seconds without a byte before a retry")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the model as JSON");
  command->add_flag("-q,--quiet", options->quiet, "No progress on stderr");
  command->footer(
      "Examples:\n"
      "  verger model fetch resnet50\n"
      "  verger model fetch mynet --url https://example.org/mynet.onnx \\\n"
      "      --sha256 <64 digits> --preset torchvision");
  command->callback([options] { Fetch(*options); });
}

}  // namespace verger::cli
