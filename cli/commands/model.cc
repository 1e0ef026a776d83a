// The `model` command: a file for each of its verbs.
#include "cli/commands/commands.h"
#include "cli/commands/model_common.h"

namespace verger::cli {

void AddModelCommand(CLI::App& app) {
  CLI::App* model = app.add_subcommand("model", "List, fetch, add and inspect models");
  model->require_subcommand(1);
  model->footer(
      "Examples:\n"
      "  verger model list\n"
      "  verger model fetch resnet50\n"
      "  verger model add weights.h5\n\n"
      "Models are kept in $VERGER_MODELS, else in $XDG_DATA_HOME/verger/models, else in\n"
      "~/.local/share/verger/models.");
  AddModelList(*model);
  AddModelFetch(*model);
  AddModelAdd(*model);
  AddModelInspect(*model);
}

}  // namespace verger::cli
