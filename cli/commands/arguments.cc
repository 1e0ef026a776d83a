#include "cli/commands/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>
#include <utility>

#include "cli/base/error.h"

namespace verger::cli {
namespace {

constexpr std::size_t kHelpColumns = 100;

// Breaks between words; CLI11 indents what follows a line's end.
std::string Wrap(const std::string& text, std::size_t width) {
  std::istringstream words(text);
  std::string wrapped;
  std::size_t column = 0;
  for (std::string word; words >> word;) {
    if (column > 0 && column + 1 + word.size() > width) {
      wrapped += "\n";
      column = 0;
    } else if (column > 0) {
      wrapped += " ";
      ++column;
    }
    wrapped += word;
    column += word.size();
  }
  return wrapped;
}

// CLI11's formatter, with descriptions wrapped at kHelpColumns.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(34); }

  std::string make_option_desc(const CLI::Option* option) const override {
    return Wrap(CLI::Formatter::make_option_desc(option), kHelpColumns - get_column_width());
  }

  std::string make_subcommand(const CLI::App* command) const override {
    std::stringstream out;
    CLI::detail::format_help(out, command->get_name(),
                             Wrap(command->get_description(), kHelpColumns - get_column_width()),
                             get_column_width());
    return out.str();
  }
};

// CLI11 only reports that a command is required, not that the first argument is none.
void RequireKnownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::string names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == argv[1]) return;
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  throw Failure(Exit::kUsage, fmt::format("unknown command '{}': use one of: {}", argv[1], names));
}

}  // namespace

Option& Option::Required() {
  option_->required();
  return *this;
}

Option& Option::ShowDefault() {
  option_->capture_default_str();
  return *this;
}

Option& Option::Group(const char* heading) {
  option_->group(heading);
  return *this;
}

Option& Option::OneValueEach() {
  option_->allow_extra_args(false);
  return *this;
}

Option& Option::OneOf(std::initializer_list<const char*> values) {
  option_->check(CLI::IsMember(std::vector<std::string>(values.begin(), values.end())));
  return *this;
}

Option& Option::OneOf(std::initializer_list<int> values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

Option& Option::Between(int lowest, int highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Option& Option::Between(std::int64_t lowest, std::int64_t highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Option& Option::Between(double lowest, double highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Option& Option::Positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Option& Option::Excludes(const char* name) {
  option_->excludes(std::string(name));
  return *this;
}

Option& Option::Excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::Requires(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

bool Option::IsPresent() const { return option_->count() > 0; }

Command Command::AddCommand(const char* name, const char* description) {
  return Command(app_->add_subcommand(name, description));
}

Option Command::AddOption(const char* names, OptionValue value, std::string_view help) {
  return std::visit(
      [&](auto* variable) { return Option(app_->add_option(names, *variable, std::string(help))); },
      value);
}

Option Command::AddFlag(const char* names, bool* value, const char* help) {
  return Option(app_->add_flag(names, *value, help));
}

Option Command::AddFlag(const char* names, std::function<void()> action, const char* help) {
  return Option(app_->add_flag_callback(names, std::move(action), help));
}

void Command::SetFooter(const char* text) { app_->footer(text); }

void Command::SetAction(std::function<void()> action) { app_->callback(std::move(action)); }

void Command::ForwardArguments(std::function<void(const std::vector<std::string>&)> action) {
  app_->prefix_command()->allow_extras()->set_help_flag();
  app_->callback([app = app_, action = std::move(action)] { action(app->remaining()); });
}

void Command::RequireCommand() { app_->require_subcommand(1); }

Program::Program(const char* name, const char* description, const std::string& version)
    : app_(std::make_unique<CLI::App>(description, name)) {
  app_->set_version_flag("--version", version);
  app_->require_subcommand(1);
  app_->formatter(std::make_shared<HelpFormatter>());
}

Program::~Program() = default;

void Program::Run(int argc, char** argv) {
  RequireKnownCommand(*app_, argc, argv);
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
      throw Failure(Exit::kUsage, fmt::format("{} (see --help)", error.what()));
    }
    app_->exit(error);  // prints --help or --version
  }
}

}  // namespace verger::cli
