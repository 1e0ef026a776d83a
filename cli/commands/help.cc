#include "cli/commands/help.h"

#include <sstream>

namespace verger::cli {
namespace {

constexpr std::size_t kColumns = 100;

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

}  // namespace

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  return Wrap(CLI::Formatter::make_option_desc(option), kColumns - get_column_width());
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  std::stringstream out;
  CLI::detail::format_help(out, command->get_name(),
                           Wrap(command->get_description(), kColumns - get_column_width()),
                           get_column_width());
  return out.str();
}

}  // namespace verger::cli
