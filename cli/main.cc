// The `verger` program: parses the command line, runs one command, reports its failure.
#include <fcntl.h>
#include <fmt/core.h>
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string_view>

#include "abi/verger.h"
#include "cli/base/error.h"
#include "cli/base/interrupt.h"
#include "cli/base/reserve.h"
#include "cli/commands/arguments.h"
#include "cli/commands/commands.h"
#include "cli/isolate/decoder_main.h"
#include "cli/isolate/messages.h"

namespace {

using verger::cli::Exit;
using verger::cli::Failure;

// Parts are some MB each. malloc would soon keep such blocks in its heaps, between what stays, and
// peaks would grow with the number of parts; mapped by themselves they go back when they are freed.
// What is smaller, as most that a photo needs, stays: a heap whose end went back with each photo
// would ask the system for the same pages, zeroed, at the next one.
void ReturnLargeBlocks() {
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

int ExitCode(const Failure& failure) {
  if (failure.exit() == Exit::kInterrupted && verger::cli::InterruptedBy() != 0) {
    return 128 + verger::cli::InterruptedBy();  // as shells do
  }
  return static_cast<int>(failure.exit());
}

int Fail(const char* message, int exit_code) {
  // Not fmt::print, which throws where stderr is closed or full.
  std::fprintf(stderr, "verger: %s\n", message);
  return exit_code;
}

void AddCommands(verger::cli::Command& program) {
  verger::cli::AddRunCommand(program);
  verger::cli::AddExtractCommand(program);
  verger::cli::AddReduceCommand(program);
  verger::cli::AddShowCommand(program);
  verger::cli::AddVerifyCommand(program);
  verger::cli::AddForgetCommand(program);
  verger::cli::AddDuplicatesCommand(program);
  verger::cli::AddTrainCommand(program);
  verger::cli::AddClassifyCommand(program);
  verger::cli::AddTeachCommand(program);
  verger::cli::AddEvaluateCommand(program);
  verger::cli::AddSimilarCommand(program);
  verger::cli::AddTraitsCommand(program);
  verger::cli::AddReportCommand(program);
  verger::cli::AddAppCommand(program);
  verger::cli::AddMapCommand(program);
  verger::cli::AddServeCommand(program);
  verger::cli::AddTuneCommand(program);
  verger::cli::AddModelCommand(program);
  verger::cli::AddCloudCommand(program);
  verger::cli::AddCompletionCommands(program);
  program.SetFooter(
      "Examples:\n"
      "  verger run orchard out                      # a folder of photos to out/Results\n"
      "  verger run orchard out --model resnet50     # with Keras's ResNet50\n"
      "  verger show out                             # first rows and dimensions\n\n"
      "Folders may be s3://bucket/prefix too, with the AWS environment variables and profiles.\n\n"
      "Exit codes: 0 done (rejects are listed)  1 failed  2 usage  3 too many rejects\n"
      "  4 bad photos, features or model  5 storage  6 output in use  7 refused by the region "
      "guard\n"
      "  129, 130, 143 interrupted\n\n"
      "See verger COMMAND --help for the options of a command.");
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
  if (const std::span words(argv, static_cast<std::size_t>(argc));
      words.size() > 1 && words[1] == std::string_view(verger::cli::kDecoderCommand)) {
    return verger::cli::DecodePhotos(words.subspan(2));
  }
  try {
    verger::cli::KeepReserve();
    verger::cli::Program program(
        "verger",
        "Verger turns a harvest of fruit photos into features, principal components and Parquet.",
        std::string("verger ") + verger_version());
    verger::cli::Command root = program.root();
    AddCommands(root);
    program.Run(argc, argv);
    return 0;
  } catch (const Failure& failure) {
    return Fail(failure.what(), ExitCode(failure));
  } catch (const std::bad_alloc&) {
    return Fail(verger::cli::kOutOfMemory.data(), 1);
  } catch (const std::exception& error) {
    return Fail(error.what(), 1);
  }
}
