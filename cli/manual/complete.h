// complete.h: what may stand at the end of a command line.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/manual/command_tree.h"

namespace verger::cli {

struct Candidate {
  std::string word;  // all of it, not only what is missing
  std::string help;  // "" for a value
};

struct Completions {
  ValueKind names = ValueKind::kText;  // kFile, kFolder: the shell adds the names on its disk
  std::vector<Candidate> candidates;
  // Another program completes the words from this one on.
  std::optional<std::size_t> forwarded_from;
};

// Completes the last of `words`, which follow the name of the program and are unquoted. The last
// one may be empty.
//
// Words that the program would refuse do not stop it: it completes what can be recognised.
Completions CompleteWords(const CommandEntry& program, std::span<const std::string> words);

// A line for the kind of names (words, files, folders), then one for each candidate: the word, a
// tab, its help.
std::string FormatCompletions(const Completions& completions);

}  // namespace verger::cli
