// man_page.h: man pages, in the language of man(7).
#pragma once

#include <string>
#include <vector>

#include "cli/manual/command_tree.h"

namespace verger::cli {

struct ManPage {
  std::string name;  // "verger-model-add", of section 1
  std::string text;  // UTF-8
};

// Returns a page for `program` and one for each of its commands and their commands. `version` is
// as in "verger 1.2.3", `date` as in "2026-11-30".
std::vector<ManPage> ManPages(const CommandEntry& program, const std::string& version,
                              const std::string& date);

}  // namespace verger::cli
