// preset_options.h: how photos become the pixels of a network, as options.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace verger::cli {

struct PresetOptions {
  std::string preset, scale, filter, channels, resize, decode;
  int input_size = 0;  // 0: the network's own

  // All of them as verger_model_options takes them; empty: nothing is asked for.
  std::string Text() const;
};

void AddOptions(CLI::App& command, PresetOptions& options);

}  // namespace verger::cli
