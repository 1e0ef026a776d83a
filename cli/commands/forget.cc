#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/base/interrupt.h"
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

void Run(const Options& options) {
  for (const std::string& name : options.names) {
    if (name.find_first_not_of('/') == std::string::npos) {
      throw Failure(Exit::kUsage, fmt::format("'{}': no name of a photo, folder or label", name));
    }
  }
  const std::shared_ptr<Place> place = options.output.OpenOut();
  Output::Open(place).Extracted();  // before anything is made
  WatchForInterrupts();
  Output output = Output::OpenForWriting(place);
  const ErasureSummary done =
      Forget(output, options.names,
             {options.threads > 0 ? options.threads : UsableThreads(), options.output.progress()});
  if (options.output.json) {
    const nlohmann::ordered_json json = {{"rows", done.rows},
                                         {"rejects", done.rejects},
                                         {"parts", done.parts},
                                         {"files_read", done.files},
                                         {"reduced", done.reduced}};
    return Print(json.dump(1) + "\n");
  }
  if (!done.found) {
    const char* names = options.names.size() == 1 ? "this name" : "these names";
    return Print(
        fmt::format("No photo has {}: forgotten before, or never there\n"
                    "Proof: {} read, none holds {}\n",
                    names, Counted(done.files, "file", "files"), names));
  }
  Print(fmt::format(
      "Forgotten: {} and {}; {} written again{}\n"
      "Proof: {} read again, none holds one of their paths\n"
      "Photos that are still in PHOTOS are taken in again by the next run: remove them there.\n",
      Counted(done.rows, "row", "rows"), Counted(done.rejects, "reject", "rejects"),
      Counted(done.parts, "part", "parts"), done.reduced ? ", and the PCA without them" : "",
      Counted(done.files, "file", "files")));
}

}  // namespace

void AddForgetCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "forget", "Take photos out of OUT as if they had never been there, and prove it");
  AddOptions(*command, options->output, "Folder or s3://bucket/prefix that verger run made");
  command
      ->add_option("NAME", options->names,
                   "Path of a photo below PHOTOS, a folder there, or a label")
      ->required();
  AddThreads(*command, options->threads);
  command->footer(
      "Parts that hold them are written again, moments and PCA made without them. In a bucket "
      "with\n"
      "versioning, what was before ends with the bucket's lifecycle rule.\n\n"
      "Examples:\n"
      "  verger forget out \"Apple 10/r0_75_100.jpg\"\n"
      "  verger forget out \"Apple 10\" \"Pear 3\" --json");
  command->callback([options] { Run(*options); });
}

}  // namespace verger::cli
