#include "cli/runs/verify.h"

#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"

namespace verger::cli {
namespace {

void Run(const OutputOptions& options) {
  const auto [manifest, verification] = ReadLatest(options.OpenOut(), [&](const Output& output) {
    Verification result = Verify(output, options.progress());
    if (!result.problems.empty() && !output.IsLatest()) {
      throw Failure(
          Exit::kStorage,
          fmt::format("{}: a run is writing to it: verify it when the run has ended", options.out));
    }
    return std::pair(output.Extracted(), std::move(result));
  });
  if (options.json) {
    const nlohmann::ordered_json json = {{"files", verification.files},
                                         {"inputs", manifest.inputs()},
                                         {"rows", manifest.rows()},
                                         {"rejects", manifest.rejected()},
                                         {"problems", verification.problems}};
    Print(FormatJson(json, 1) + "\n");
  } else {
    for (const std::string& problem : verification.problems) Print(problem + "\n");
  }
  if (!verification.problems.empty()) {
    throw Failure(Exit::kStorage,
                  fmt::format("{}: {} found: run the same 'verger run' again, which repairs "
                              "damaged files and continues a stopped run",
                              options.out,
                              Pluralize(std::ssize(verification.problems), "problem", "problems")));
  }
  if (!options.json) {
    Print(fmt::format("{} is whole: {}, {} = {} + {}{}\n", options.out,
                      Pluralize(static_cast<std::int64_t>(verification.files), "file", "files"),
                      Pluralize(manifest.inputs(), "photo", "photos"),
                      Pluralize(manifest.rows(), "row", "rows"),
                      Pluralize(manifest.rejected(), "reject", "rejects"),
                      manifest.reduction ? "" : "; no Results yet"));
  }
}

}  // namespace

void AddVerifyCommand(Command& program) {
  auto options = std::make_shared<OutputOptions>();
  Command command = program.AddCommand(
      "verify", "Check OUT against its manifest: every file, checksum and count");
  AddOptions(command, *options,
             "Folder or s3://bucket/prefix that verger run or verger extract made");
  command.SetFooter(
      "Exits with 5 if anything is damaged, missing or not part of the output.\n\n"
      "Examples:\n"
      "  verger verify out\n"
      "  verger verify out --json");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
