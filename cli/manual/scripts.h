// scripts.h: what makes a shell complete command lines of verger.
#pragma once

#include <span>
#include <string_view>

namespace verger::cli {

struct CompletionScript {
  std::string_view shell;  // "bash"
  std::string_view path;   // where the shell looks for it, below /usr/share
  std::string_view text;
};

// One for each shell, inside the program.
std::span<const CompletionScript> CompletionScripts();

}  // namespace verger::cli
