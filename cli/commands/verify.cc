#include "cli/runs/verify.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"

namespace verger::cli {
namespace {

void Run(const OutputOptions& options) {
  const auto [manifest, found] = ReadLatest(options.OpenOut(), [&](const Output& output) {
    Verification seen = Verify(output, options.progress());
    if (!seen.problems.empty() && !output.IsLatest()) {
      throw Failure(Exit::kStorage,
                    fmt::format("{}: runs go on: verify it when they have ended", options.out));
    }
    return std::pair(output.Extracted(), std::move(seen));
  });
  if (options.json) {
    const nlohmann::ordered_json json = {{"files", found.files},
                                         {"inputs", manifest.inputs()},
                                         {"rows", manifest.rows()},
                                         {"rejects", manifest.rejected()},
                                         {"problems", found.problems}};
    Print(json.dump(1) + "\n");
  } else {
    for (const std::string& problem : found.problems) Print(problem + "\n");
  }
  if (!found.problems.empty()) {
    throw Failure(
        Exit::kStorage,
        fmt::format("{}: {} found: run the same 'verger run' again, it repairs what "
                    "is damaged and takes over what a stopped run left",
                    options.out, Counted(std::ssize(found.problems), "problem", "problems")));
  }
  if (!options.json) {
    Print(fmt::format("{} is whole: {}, {} = {} + {}{}\n", options.out,
                      Counted(static_cast<std::int64_t>(found.files), "file", "files"),
                      Counted(manifest.inputs(), "photo", "photos"),
                      Counted(manifest.rows(), "row", "rows"),
                      Counted(manifest.rejected(), "reject", "rejects"),
                      manifest.reduction ? "" : "; no Results yet"));
  }
}

}  // namespace

void AddVerifyCommand(CLI::App& app) {
  auto options = std::make_shared<OutputOptions>();
  CLI::App* command = app.add_subcommand(
      "verify", "Whether OUT is what its manifest says: every file, checksum and count");
  AddOptions(*command, *options,
             "Folder or s3://bucket/prefix that verger run or verger extract made");
  command->footer(
      "Exits with 5 if anything is damaged, missing or not part of the output.\n\n"
      "Examples:\n"
      "  verger verify out\n"
      "  verger verify out --json");
  command->callback([options] { Run(*options); });
}

}  // namespace verger::cli
