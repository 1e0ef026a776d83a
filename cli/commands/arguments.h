// arguments.h: the command line: commands, their options, and the help on both.
//
// Only arguments.cc includes CLI11: its header alone costs a file that includes it 6 s to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace verger::cli {

// What an option's text is converted to. It must outlive Program::Run().
using OptionValue = std::variant<std::string*, std::vector<std::string>*, int*, std::int64_t*,
                                 std::size_t*, double*, std::optional<double>*>;

// An option or positional argument. A reference: copies refer to the same option, which its
// command owns. The setters return *this.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

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

  Option& Excludes(const char* name);
  Option& Excludes(const Option& other);
  Option& Requires(const Option& other);

  // Whether the command line has it. Requires: the command line is parsed.
  bool IsPresent() const;

 private:
  CLI::Option* option_;
};

// A command, such as `verger run`, or the program itself. A reference, as Option is.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command AddCommand(const char* name, const char* description);

  // `names`: "-q,--quiet", or "OUT" for a positional argument. A vector takes several values.
  Option AddOption(const char* names, OptionValue value, std::string_view help);
  Option AddFlag(const char* names, bool* value, const char* help);
  // Runs `action` while the command line is parsed, if the flag is there.
  Option AddFlag(const char* names, std::function<void()> action, const char* help);

  // Printed below the options.
  void SetFooter(const char* text);
  // Runs once the command line is parsed. It may throw.
  void SetAction(std::function<void()> action);
  // Passes all arguments behind the command to `action`, --help among them.
  void ForwardArguments(std::function<void(const std::vector<std::string>&)> action);
  // A command line without one of its commands is a usage error.
  void RequireCommand();

 private:
  CLI::App* app_;
};

class Program {
 public:
  Program(const char* name, const char* description, const std::string& version);
  ~Program();

  Command root() { return Command(app_.get()); }

  // Parses the command line and runs the action of its command; prints --help and --version.
  // Errors: Failure kUsage for a command line that does not parse; those of the action.
  void Run(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace verger::cli
