// commands.h: the verbs of the command line, a file each.
#pragma once

#include <CLI/CLI.hpp>

namespace verger::cli {

// Each adds a subcommand to `app`. What it does runs once the command line is parsed;
// its errors are Failures.
void AddRunCommand(CLI::App& app);
void AddExtractCommand(CLI::App& app);
void AddReduceCommand(CLI::App& app);
void AddShowCommand(CLI::App& app);
void AddVerifyCommand(CLI::App& app);
void AddForgetCommand(CLI::App& app);
void AddDuplicatesCommand(CLI::App& app);
void AddTuneCommand(CLI::App& app);
void AddModelCommand(CLI::App& app);
void AddCloudCommand(CLI::App& app);

}  // namespace verger::cli
