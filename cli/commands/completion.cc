// What makes a shell know the program: `completion`, and two hidden commands, one that its scripts
// call and one that the build calls.
#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "abi/verger.h"
#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/print.h"
#include "cli/commands/cloud.h"
#include "cli/commands/commands.h"
#include "cli/manual/complete.h"
#include "cli/manual/man_page.h"
#include "cli/manual/scripts.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCompleteWords = "complete-words";

void PrintScript(const std::string& shell) {
  for (const CompletionScript& script : CompletionScripts()) {
    if (script.shell == shell) Print(script.text);
  }
}

void PrintCompletions(const CommandEntry& program, const std::vector<std::string>& words) {
  const Completions completions = CompleteWords(program, words);
  if (!completions.forwarded_from) return Print(FormatCompletions(completions));
  std::vector<std::string> rest(words.begin() + *completions.forwarded_from, words.end());
  rest.insert(rest.begin(), kCompleteWords);
  BecomeVergerCloud(rest);
}

// Below `folder`, as below /usr/share.
void WriteShare(const CommandEntry& program, const fs::path& folder) {
  const std::string version = fmt::format("verger {}", verger_version());
  const auto write = [&](const fs::path& path, std::string_view text) {
    MakeFolder((folder / path).parent_path());
    WriteFileAtomically(folder / path, text);
  };
  for (const CompletionScript& script : CompletionScripts()) write(script.path, script.text);
  for (const ManPage& page : ManPages(program, version, VERGER_MANUAL_DATE)) {
    write(fs::path("man/man1") / (page.name + ".1"), page.text);
  }
}

}  // namespace

void AddCompletionCommands(Command& program) {
  auto shell = std::make_shared<std::string>();
  Command command = program.AddCommand(
      "completion", "Print the script that completes commands, options and values in a shell");
  command.AddOption("SHELL", shell.get(), "Shell that reads the script")
      .OneOf({"bash", "zsh", "fish"})
      .Required();
  command.SetFooter(
      "make install puts these scripts where the shells look for them. Otherwise, add the line of "
      "your\n"
      "shell to its start-up file.\n\n"
      "Examples:\n"
      "  verger completion fish | source      # in ~/.config/fish/config.fish\n"
      "  source <(verger completion bash)     # in ~/.bashrc\n"
      "  source <(verger completion zsh)      # in ~/.zshrc, below compinit");
  command.SetAction([shell] { PrintScript(*shell); });

  Command words = program.AddCommand(kCompleteWords, "Complete the last of some words");
  words.Hide();
  words.ForwardArguments([program](const std::vector<std::string>& arguments) {
    PrintCompletions(program.Describe(), arguments);
  });

  auto folder = std::make_shared<std::string>();
  Command share =
      program.AddCommand("write-share", "Write man pages and completions into a folder");
  share.Hide();
  share.AddOption("DIR", folder.get(), "Folder that is laid out as /usr/share").Required();
  share.SetAction([program, folder] { WriteShare(program.Describe(), *folder); });
}

}  // namespace verger::cli
