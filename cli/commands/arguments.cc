#include "cli/commands/arguments.h"

#include <fmt/core.h>

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

bool IsHidden(const CLI::App& command) { return command.get_group().empty(); }

// CLI11 only reports that a command is required, not that the first argument is none.
void RequireKnownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::string names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == argv[1]) return;
    if (IsHidden(*command)) continue;
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  throw Failure(Exit::kUsage, fmt::format("unknown command '{}': use one of: {}", argv[1], names));
}

OptionEntry DescribeOption(const CLI::Option& option, const HintsByOption& hints) {
  OptionEntry entry;
  for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
  const bool is_flag = option.get_type_size() == 0;
  const std::string type = option.get_type_name();  // "INT:POSITIVE"
  if (!is_flag) entry.value = type.substr(0, type.find(':'));
  if (option.get_positional()) entry.value = option.get_name(true);
  entry.help = option.get_description();
  entry.heading = option.get_group();
  if (!is_flag) entry.default_value = option.get_default_str();
  for (const CLI::Option* other : option.get_excludes())
    entry.excludes.push_back(other->get_name());
  entry.required = option.get_required();
  const bool is_list = option.get_items_expected_max() > 1;
  entry.takes_several = is_list && option.get_allow_extra_args();
  entry.repeats = is_list;
  if (const auto match = hints.find(&option); match != hints.end()) entry.hints = match->second;
  return entry;
}

CommandEntry DescribeCommand(const CLI::App& app, const HintsByOption& hints) {
  CommandEntry entry;
  entry.name = app.get_name();
  entry.description = app.get_description();
  entry.footer = app.get_footer();
  entry.forwards = app.get_prefix_command();
  for (const CLI::Option* option : app.get_options()) {
    auto& entries = option->get_positional() ? entry.arguments : entry.options;
    entries.push_back(DescribeOption(*option, hints));
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (!IsHidden(*command)) entry.commands.push_back(DescribeCommand(*command, hints));
  }
  return entry;
}

template <typename T>
std::string RangeText(T lowest, T highest) {
  return fmt::format("{} to {}", lowest, highest);
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
  hints().choices.assign(values.begin(), values.end());
  option_->check(CLI::IsMember(hints().choices));
  return *this;
}

Option& Option::OneOf(std::initializer_list<int> values) {
  for (const int value : values) hints().choices.push_back(std::to_string(value));
  option_->check(CLI::IsMember(values));
  return *this;
}

Option& Option::Between(int lowest, int highest) {
  hints().range = RangeText(lowest, highest);
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Option& Option::Between(std::int64_t lowest, std::int64_t highest) {
  hints().range = RangeText(lowest, highest);
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Option& Option::Between(double lowest, double highest) {
  hints().range = RangeText(lowest, highest);
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Option& Option::Positive() {
  hints().range = "above 0";
  option_->check(CLI::PositiveNumber);
  return *this;
}

Option& Option::TakesFile() {
  hints().kind = ValueKind::kFile;
  return *this;
}

Option& Option::TakesFolder() {
  hints().kind = ValueKind::kFolder;
  return *this;
}

Option& Option::Suggest(std::function<std::vector<std::string>()> values) {
  hints().suggestions = std::move(values);
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

Option& Option::Suggest(std::initializer_list<const char*> values) {
  return Suggest([list = std::vector<std::string>(values.begin(), values.end())] { return list; });
}

bool Option::IsPresent() const { return option_->count() > 0; }

Command Command::AddCommand(const char* name, const char* description) {
  return {app_->add_subcommand(name, description), hints_};
}

Option Command::AddOption(const char* names, OptionValue value, std::string_view help) {
  return std::visit(
      [&](auto* variable) {
        return Option(app_->add_option(names, *variable, std::string(help)), hints_);
      },
      value);
}

Option Command::AddFlag(const char* names, bool* value, const char* help) {
  return {app_->add_flag(names, *value, help), hints_};
}

Option Command::AddFlag(const char* names, std::function<void()> action, const char* help) {
  return {app_->add_flag_callback(names, std::move(action), help), hints_};
}

void Command::Hide() { app_->group(""); }

void Command::SetFooter(const char* text) { app_->footer(text); }

void Command::SetAction(std::function<void()> action) { app_->callback(std::move(action)); }

void Command::ForwardArguments(std::function<void(const std::vector<std::string>&)> action) {
  app_->prefix_command()->allow_extras()->set_help_flag();
  app_->callback([app = app_, action = std::move(action)] { action(app->remaining()); });
}

void Command::RequireCommand() { app_->require_subcommand(1); }

CommandEntry Command::Describe() const { return DescribeCommand(*app_, *hints_); }

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
