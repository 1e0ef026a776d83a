// The `verger` program: parses the command line, runs one command, reports its failure.
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "abi/verger.h"
#include "cli/base/error.h"
#include "cli/base/interrupt.h"
#include "cli/commands/commands.h"
#include "cli/commands/help.h"

namespace {

using verger::cli::Exit;
using verger::cli::Failure;

// Parts are some MB each. malloc would soon keep such blocks in its heaps, between what stays, and
// peaks would grow with the number of parts; mapped by themselves they go back when they are freed.
void ReturnLargeBlocks() { mallopt(M_MMAP_THRESHOLD, 1 << 20); }

int ExitCode(const Failure& failure) {
  if (failure.exit() == Exit::kInterrupted && verger::cli::InterruptedBy() != 0) {
    return 128 + verger::cli::InterruptedBy();  // as shells do
  }
  return static_cast<int>(failure.exit());
}

int Fail(const char* message, int exit_code) {
  // Not fmt::print: where stderr is closed or full there is nobody to tell, and nothing to throw.
  std::fprintf(stderr, "verger: %s\n", message);
  return exit_code;
}

void AddCommands(CLI::App& app) {
  app.set_version_flag("--version", std::string("verger ") + verger_version());
  app.require_subcommand(1);
  app.formatter(std::make_shared<verger::cli::HelpFormatter>());
  verger::cli::AddRunCommand(app);
  verger::cli::AddExtractCommand(app);
  verger::cli::AddReduceCommand(app);
  verger::cli::AddShowCommand(app);
  verger::cli::AddVerifyCommand(app);
  verger::cli::AddForgetCommand(app);
  verger::cli::AddDuplicatesCommand(app);
  verger::cli::AddTuneCommand(app);
  verger::cli::AddModelCommand(app);
  verger::cli::AddCloudCommand(app);
  app.footer(
      "Examples:\n"
      "  verger run orchard out                      # a folder of photos to out/Results\n"
      "  verger run orchard out --model resnet50     # with Keras's ResNet50\n"
      "  verger show out                             # first rows and dimensions\n\n"
      "Folders may be s3://bucket/prefix as well; the AWS environment variables and profiles say\n"
      "how to get there.\n\n"
      "Exit codes: 0 done (rejects are listed)  1 failed  2 usage  3 too many rejects\n"
      "  4 bad photos, features or model  5 storage  6 output in use  7 refused by the region "
      "guard\n"
      "  129, 130, 143 interrupted\n\n"
      "verger COMMAND --help tells more.");
}

// CLI11 only says that a command is required, not that the one given is none.
void RequireKnownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::string names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == argv[1]) return;
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  throw Failure(Exit::kUsage, fmt::format("no command '{}': there are {}", argv[1], names));
}

// A file that we open must not get the number of a closed stdin, stdout or stderr: what is printed
// would be written into it. To the null device, opened for reading, a write to stdout fails.
void OccupyStandardStreams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (::fcntl(stream, F_GETFD) < 0) (void)!::open("/dev/null", stream == 2 ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  ReturnLargeBlocks();
  OccupyStandardStreams();
  // A reader of our output that goes away, or a limit on file sizes, is a failed write, not a
  // death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app(
      "Verger turns a harvest of fruit photos into features, principal components and Parquet.",
      "verger");
  try {
    AddCommands(app);
    RequireKnownCommand(app, argc, argv);
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return Fail(fmt::format("{} (--help tells more)", error.what()).c_str(),
                static_cast<int>(Exit::kUsage));
  } catch (const Failure& failure) {
    return Fail(failure.what(), ExitCode(failure));
  } catch (const std::bad_alloc&) {
    return Fail("out of memory: give it more, or fewer --threads and a smaller --batch", 1);
  } catch (const std::exception& error) {
    return Fail(error.what(), 1);
  }
}
