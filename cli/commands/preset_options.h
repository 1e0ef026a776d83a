// preset_options.h: how photos become the pixels of a network, as options.
#pragma once

#include <string>

#include "cli/commands/arguments.h"

namespace verger::cli {

struct PresetOptions {
  std::string preset, scale, filter, channels, resize, decode;
  int input_size = 0;  // 0: the network's own
  int views = 0;       // 0: the preset's

  // All of them as the text of verger_model_options::preset; "" if none is set.
  std::string Text() const;
};

void AddOptions(Command& command, PresetOptions& options);

}  // namespace verger::cli
