#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/erasure.h"

namespace verger::cli {
namespace {

struct Options {
  OutputOptions output;
  std::vector<std::string> names;
  int threads = 0;
};

// A line about the classifier if it was removed, else "".
std::string RemovalLine(const ErasedClassifier& classifier) {
  if (classifier.state != "removed") return "";
  return fmt::format("The classifier was removed and could not be trained again: {}\n",
                     classifier.problem);
}

void Run(const Options& options) {
  for (const std::string& name : options.names) {
    if (name.find_first_not_of('/') == std::string::npos) {
      throw Failure(Exit::kUsage,
                    fmt::format("'{}': give the name of a photo, folder or label", name));
    }
  }
  const std::shared_ptr<Place> place = options.output.OpenOut();
  Output::Open(place).Extracted();  // before anything is made
  WatchForInterrupts();
  Output output = Output::OpenForWriting(place);
  const ErasureSummary done =
      Forget(output, options.names, {UsableThreads(options.threads), options.output.progress()});
  if (options.output.json) {
    const nlohmann::ordered_json json = {{"rows", done.rows},
                                         {"rejects", done.rejects},
                                         {"parts", done.parts},
                                         {"files_read", done.files},
                                         {"reduced", done.reduced},
                                         {"classifier", done.classifier.state},
                                         {"classifier_problem", done.classifier.problem}};
    return Print(FormatJson(json, 1) + "\n");
  }
  if (!done.has_matches) {
    const char* names = options.names.size() == 1 ? "this name" : "these names";
    return Print(
        fmt::format("No photo has {}: it was forgotten before, or was never there\n"
                    "Verified: none "
                    "of {} contains {}\n",
                    names, Pluralize(done.files, "file", "files"), names));
  }
  Print(
      fmt::format("Forgotten: {} and {}; {} written again{}{}\n"
                  "{}"
                  "Verified: none of {} contains a path of these photos\n"
                  "Remove the photos from PHOTOS too: otherwise the next run adds them again.\n",
                  Pluralize(done.rows, "row", "rows"), Pluralize(done.rejects, "reject", "rejects"),
                  Pluralize(done.parts, "part", "parts"), done.reduced ? ", PCA fitted again" : "",
                  done.classifier.state == "trained" ? ", classifier trained again" : "",
                  RemovalLine(done.classifier), Pluralize(done.files, "file", "files")));
}

}  // namespace

void AddForgetCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command =
      program.AddCommand("forget", "Erase photos from OUT, and verify that no file contains them");
  AddOptions(command, options->output, "Folder or s3://bucket/prefix that verger run made");
  command
      .AddOption("NAME", &options->names,
                 "Path of a photo below PHOTOS, a folder there, or a label")
      .Required();
  AddThreads(command, options->threads);
  command.SetFooter(
      "Writes the parts of these photos again without them, and gathers the moments, fits the PCA "
      "and\n"
      "trains the classifier again. Removes photos that taught an erased label too. In a "
      "bucket with\n"
      "versioning, old objects stay until the bucket's lifecycle rule removes "
      "them.\n\n"
      "Examples:\n"
      "  verger forget out \"Apple 10/r0_75_100.jpg\"\n"
      "  verger forget out \"Apple 10\" \"Pear 3\" --json");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
