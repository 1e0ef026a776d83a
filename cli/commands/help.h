// help.h: help texts that fit a terminal.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace verger::cli {

// CLI11's formatter, with descriptions wrapped at 100 columns.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(34); }

  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;
};

}  // namespace verger::cli
