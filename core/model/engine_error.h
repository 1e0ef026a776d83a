// engine_error.h: what an engine's exception says to a person.
#pragma once

#include <string>
#include <string_view>

namespace verger {

// The causes in one line of at most 400 bytes: without lines that tell places in the engine's own
// source, and with the node that they are about.
std::string CauseOf(std::string_view what);

}  // namespace verger
