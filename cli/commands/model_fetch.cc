// `model fetch`: downloads a model into the store.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
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
      throw Failure(
          Exit::kUsage,
          fmt::format("{} has its own preset, {}: leave out {} here, and give it to verger run",
                      known->name, known->preset, Printable(preset)));
    }
    if (IsEmbedded(options.name)) {
      DescribeEmbedded(options.name);  // throws, with what installs it, if it is not there
      throw Failure(Exit::kUsage, fmt::format("{} is inside the program: there is nothing to fetch",
                                              options.name));
    }
    std::string names;
    for (const ModelSource& source : Catalogue()) names += " " + source.name;
    throw Failure(Exit::kBadInput, fmt::format("unknown model '{}'; Verger can fetch:{}\n"
                                               "To fetch another one: "
                                               "verger model fetch NAME --url URL --sha256 HASH",
                                               Printable(options.name), names));
  }
  if (options.sha256.empty()) {
    throw Failure(Exit::kUsage,
                  "--url needs --sha256, the digest that the file's publisher states: only a file "
                  "that can be checked is fetched");
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
  PrintStored(result.entry, options.json,
              result.how == Fetched::kAlreadyThere ? "Already there:"
              : result.how == Fetched::kFromKeras  ? "Copied from Keras's folder:"
                                                   : "Fetched");
}

}  // namespace

void AddModelFetch(Command& model) {
  auto options = std::make_shared<FetchOptions>();
  Command command =
      model.AddCommand("fetch", "Download a model and check it; resumes an interrupted download");
  command.AddOption("NAME", &options->name, "resnet50, or with --url a name of your choice")
      .Required()
      .Suggest([] {
        std::vector<std::string> names;
        for (const ModelSource& source : Catalogue()) names.push_back(source.name);
        return names;
      });
  command.AddOption("--url", &options->url, "URL of another .h5 or .onnx file: http, https or file")
      .Requires(command.AddOption("--sha256", &options->sha256,
                                  "SHA-256 of the file at --url, as its publisher states it"));
  AddOptions(command, options->preset);
  command.AddOption("--license", &options->license, "License of the model at --url");
  command.AddFlag("--replace", &options->replace, "Replace a stored model of this name");
  command.AddOption("--retries", &options->retries, "Number of retries after consecutive failures")
      .Between(0, 20)
      .ShowDefault();
  command.AddOption("--timeout", &options->timeout, "Seconds without data before a retry")
      .Between(1, 3600)
      .ShowDefault();
  command.AddFlag("--json", &options->json, "Print the model as JSON");
  command.AddFlag("-q,--quiet", &options->quiet, "Print no progress on stderr");
  command.SetFooter(
      "Examples:\n"
      "  verger model fetch resnet50\n"
      "  verger model fetch mynet --url https://example.org/mynet.onnx \\\n"
      "      --sha256 <64 digits> --preset torchvision");
  command.SetAction([options] { Fetch(*options); });
}

}  // namespace verger::cli
