// print.h: what goes to stdout.
#pragma once

#include <string_view>

namespace verger::cli {

// Writes all of `text`. Errors: Failure kStorage if stdout is closed or full.
void Print(std::string_view text);

}  // namespace verger::cli
