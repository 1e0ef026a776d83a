#include "cli/commands/cloud.h"

#include <fmt/core.h>
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

}  // namespace

void BecomeVergerCloud(const std::vector<std::string>& arguments) {
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
        fmt::format("cloud: {} is not installed: run pip install 'verger[cloud]'", kProgram));
  }
  throw Failure(Exit::kFailed, fmt::format("cannot start {}: {}", kProgram, std::strerror(errno)));
}

void AddCloudCommand(Command& program) {
  Command command =
      program.AddCommand("cloud", "Run on Amazon EMR: plan, up, submit, status, run, down");
  command.ForwardArguments(BecomeVergerCloud);
}

}  // namespace verger::cli
