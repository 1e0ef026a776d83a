// The `model` command: a file for each of its verbs.
#include "cli/commands/commands.h"
#include "cli/commands/model_common.h"

namespace verger::cli {

void AddModelCommand(Command& program) {
  Command model = program.AddCommand("model", "List, fetch, add and inspect models");
  model.RequireCommand();
  model.SetFooter(
      "Examples:\n"
      "  verger model list\n"
      "  verger model fetch resnet50\n"
      "  verger model add weights.h5\n\n"
      "The store of models is $VERGER_MODELS, else $XDG_DATA_HOME/verger/models, else\n"
      "~/.local/share/verger/models.");
  AddModelList(model);
  AddModelFetch(model);
  AddModelAdd(model);
  AddModelInspect(model);
}

}  // namespace verger::cli
