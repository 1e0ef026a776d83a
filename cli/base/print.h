// print.h: what goes to stdout, and warnings.
#pragma once

#include <optional>
#include <string_view>

namespace verger::cli {

// Writes all of `text`. Errors: Failure kStorage if stdout is closed or full.
void Print(std::string_view text);

// Writes "verger: warning: TEXT" as a line to stderr.
void Warn(std::string_view text);

// Returns the columns of stdout; nothing if it is no terminal.
std::optional<int> PrintWidth();

}  // namespace verger::cli
