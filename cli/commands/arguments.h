// arguments.h: the command line: commands, their options, and the help on both.
//
// Only arguments.cc includes CLI11: its header alone costs a file that includes it 6 s to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/manual/command_tree.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace verger::cli {

// What an option's text is converted to. It must outlive Program::Run().
using OptionValue = std::variant<std::string*, std::vector<std::string>*, int*, std::int64_t*,
                                 std::size_t*, double*, std::optional<double>*>;

using HintsByOption = std::map<const CLI::Option*, ValueHints>;

// An option or positional argument. A reference: copies refer to the same option, which its
// command owns. The setters return *this.
class Option {
 public:
  Option(CLI::Option* option, HintsByOption* hints) : option_(option), hints_(hints) {}

  Option& Required();
  // The help states the value that the variable has now.
  Option& ShowDefault();
  // The help lists the option under this heading.
  Option& Group(const char* heading);
  // Each use of the option takes one value; values behind it are positional arguments.
  Option& OneValueEach();

  // Other values are usage errors.
  Option& OneOf(std::initializer_list<const char*> values);
  Option& OneOf(std::initializer_list<int> values);
  Option& Between(int lowest, int highest);
  Option& Between(std::int64_t lowest, std::int64_t highest);
  Option& Between(double lowest, double highest);
  Option& Positive();

  // What completions offer: names on the disk, or values among others that are accepted too.
  Option& TakesFile();
  Option& TakesFolder();
  Option& Suggest(std::function<std::vector<std::string>()> values);
  Option& Suggest(std::initializer_list<const char*> values);

  Option& Excludes(const char* name);
  Option& Excludes(const Option& other);
  Option& Requires(const Option& other);

  // Whether the command line has it. Requires: the command line is parsed.
  bool IsPresent() const;

 private:
  ValueHints& hints() { return (*hints_)[option_]; }

  CLI::Option* option_;
  HintsByOption* hints_;
};

// A command, such as `verger run`, or the program itself. A reference, as Option is.
class Command {
 public:
  Command(CLI::App* app, HintsByOption* hints) : app_(app), hints_(hints) {}

  Command AddCommand(const char* name, const char* description);

  // `names`: "-q,--quiet", or "OUT" for a positional argument. A vector takes several values.
  Option AddOption(const char* names, OptionValue value, std::string_view help);
  Option AddFlag(const char* names, bool* value, const char* help);
  // Runs `action` while the command line is parsed, if the flag is there.
  Option AddFlag(const char* names, std::function<void()> action, const char* help);

  // The help of the command above does not list it, nor do man pages and completions.
  void Hide();
  // Printed below the options.
  void SetFooter(const char* text);
  // Runs once the command line is parsed. It may throw.
  void SetAction(std::function<void()> action);
  // Passes all arguments behind the command to `action`, --help among them.
  void ForwardArguments(std::function<void(const std::vector<std::string>&)> action);
  // A command line without one of its commands is a usage error.
  void RequireCommand();

  // The command, its options and its commands as data. Call it once all of them are added.
  CommandEntry Describe() const;

 private:
  CLI::App* app_;
  HintsByOption* hints_;
};

class Program {
 public:
  Program(const char* name, const char* description, const std::string& version);
  ~Program();

  Command root() { return {app_.get(), &hints_}; }

  // Parses the command line and runs the action of its command; prints --help and --version.
  // Errors: Failure kUsage for a command line that does not parse; those of the action.
  void Run(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
  HintsByOption hints_;
};

}  // namespace verger::cli
