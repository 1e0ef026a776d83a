#include "cli/manual/scripts.h"

#include <array>

extern "C" {
// scripts.S
extern const char verger_completion_bash[];
extern const char verger_completion_zsh[];
extern const char verger_completion_fish[];
}

namespace verger::cli {

std::span<const CompletionScript> CompletionScripts() {
  static const std::array<CompletionScript, 3> scripts = {{
      {"bash", "bash-completion/completions/verger", verger_completion_bash},
      {"zsh", "zsh/site-functions/_verger", verger_completion_zsh},
      {"fish", "fish/vendor_completions.d/verger.fish", verger_completion_fish},
  }};
  return scripts;
}

}  // namespace verger::cli
