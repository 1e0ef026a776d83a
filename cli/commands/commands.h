// commands.h: the commands of `verger`, each in a file of its own.
#pragma once

#include "cli/commands/arguments.h"

namespace verger::cli {

// Each adds a command to `program`. Its action runs once the command line is parsed, and throws
// Failures.
void AddRunCommand(Command& program);
void AddExtractCommand(Command& program);
void AddReduceCommand(Command& program);
void AddShowCommand(Command& program);
void AddVerifyCommand(Command& program);
void AddForgetCommand(Command& program);
void AddDuplicatesCommand(Command& program);
void AddTrainCommand(Command& program);
void AddClassifyCommand(Command& program);
void AddTeachCommand(Command& program);
void AddEvaluateCommand(Command& program);
void AddSimilarCommand(Command& program);
void AddTraitsCommand(Command& program);
void AddReportCommand(Command& program);
void AddAppCommand(Command& program);
void AddMapCommand(Command& program);
void AddServeCommand(Command& program);
void AddTuneCommand(Command& program);
void AddModelCommand(Command& program);
void AddCloudCommand(Command& program);
// `completion`, and hidden commands behind it.
void AddCompletionCommands(Command& program);

}  // namespace verger::cli
