#include "cli/runs/show.h"

#include <fmt/core.h>

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

void AddShowCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command =
      program.AddCommand("show", "Print the first rows of OUT/Results and its dimensions");
  command.AddOption("OUT", &options->out, "Folder or s3://bucket/prefix that verger run made")
      .Required()
      .TakesFolder();
  command.AddOption("-n,--rows", &options->rows, "Number of rows")
      .Between(0, 1'000'000)
      .ShowDefault();
  command.AddFlag("--json", &options->json, "Print all numbers of the vectors, as JSON");
  AddOptions(command, options->s3);
  command.SetFooter(
      "Examples:\n"
      "  verger show out\n"
      "  verger show out --rows 5 --json");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
