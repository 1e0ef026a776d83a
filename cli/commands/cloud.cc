#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "cli/base/error.h"
#include "cli/commands/commands.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "verger-cloud";

// Becomes verger-cloud: the one beside this program, else the one in PATH.
void Run(const std::vector<std::string>& arguments) {
  std::vector<char*> argv = {const_cast<char*>(kProgram)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::error_code unknown;
  const fs::path beside = fs::read_symlink("/proc/self/exe", unknown).parent_path() / kProgram;
  ::execv(beside.c_str(), argv.data());
  ::execvp(kProgram, argv.data());
  if (errno == ENOENT) {
    throw Failure(
        Exit::kUsage,
        fmt::format("cloud: there is no {}: install it by pip install 'verger[cloud]'", kProgram));
  }
  throw Failure(Exit::kFailed, fmt::format("cannot start {}: {}", kProgram, std::strerror(errno)));
}

}  // namespace

void AddCloudCommand(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("cloud", "A cluster on Amazon EMR: plan, up, submit, status, run, down")
          ->prefix_command()
          ->allow_extras();
  command->set_help_flag();  // verger-cloud has its own
  command->callback([command] { Run(command->remaining()); });
}

}  // namespace verger::cli
