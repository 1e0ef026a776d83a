#include "cli/runs/show.h"

#include <fmt/format.h>

#include <memory>

#include "cli/base/print.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"

namespace verger::cli {
namespace {

struct Options {
  std::string out;
  S3Options s3;
  int rows = 2;
  bool json = false;
};

void Run(const Options& options) {
  Print(ReadLatest(OpenPlace(options.out, options.s3), [&](const Output& output) {
    return options.json ? ShowJson(output, options.rows)
                        : ShowTable(output, options.rows, PrintWidth());
  }));
}

}  // namespace

void AddShowCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("show", "The first rows of OUT/Results and its dimensions");
  command->add_option("OUT", options->out, "Folder or s3://bucket/prefix that verger run made")
      ->required();
  command->add_option("-n,--rows", options->rows, "How many rows")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Whole vectors, as JSON");
  AddOptions(*command, options->s3);
  command->footer(
      "Examples:\n"
      "  verger show out\n"
      "  verger show out --rows 5 --json");
  command->callback([options] { Run(*options); });
}

}  // namespace verger::cli
