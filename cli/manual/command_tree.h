// command_tree.h: the commands of a program and their options, as data: what completions and man
// pages are made from.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace verger::cli {

// What a value names, if not a text: the shell completes it.
enum class ValueKind { kText, kFile, kFolder };

// What completions and man pages state of a value, beside its help.
struct ValueHints {
  ValueKind kind = ValueKind::kText;
  std::vector<std::string> choices{};  // all that are accepted, if not empty
  std::string range{};                 // of numbers: "1 to 64"
  // Values to offer where others are accepted too. May be empty; called when a line is completed.
  std::function<std::vector<std::string>()> suggestions{};
};

// An option, or a positional argument.
struct OptionEntry {
  std::vector<std::string> names{};  // "-m", "--model"; of an argument none
  std::string value{};               // "TEXT", "INT"; of an argument its name, "OUT"; of a flag ""
  std::string help{};
  std::string heading{};                // "Options", "S3"
  std::string default_value{};          // "" if the help does not state one
  std::vector<std::string> excludes{};  // names of options that cannot be used with it
  bool required = false;
  bool takes_several = false;  // all words up to the next option
  bool repeats = false;        // may be used several times
  ValueHints hints{};
};

struct CommandEntry {
  std::string name{};  // "verger", "run"
  std::string description{};
  std::string footer{};                  // paragraphs; that of examples begins with "Examples:"
  std::vector<OptionEntry> options{};    // in the order of the help
  std::vector<OptionEntry> arguments{};  // positional, in order
  std::vector<CommandEntry> commands{};  // without hidden ones
  bool forwards = false;                 // another program reads the words behind it
};

}  // namespace verger::cli
