// decoder_main.h: the program as a decoder process.
#pragma once

#include <span>

namespace verger::cli {

// Enters the sandbox, then decodes photo after photo, until the program that started it is gone.
// `arguments`: those behind kDecoderCommand. Returns an exit code only if it cannot start; messages
// of failure go to stderr.
int DecodePhotos(std::span<char* const> arguments);

}  // namespace verger::cli
