// place.h: where models are on this machine.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace verger::cli {

// Returns the folder of the store: $VERGER_MODELS, else $XDG_DATA_HOME/verger/models, else
// ~/.local/share/verger/models, where ~ is HomeFolder(). As the XDG specification has it, a
// relative XDG_DATA_HOME counts as none.
// Errors: kStorage if there is none of them.
std::filesystem::path DefaultStoreFolder();

// Returns the folder where Keras keeps weights: $KERAS_HOME/models, else ~/.keras/models; empty if
// unknown.
std::filesystem::path KerasFolder();

// True for 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit: a
// name that is safe as a file's on every system.
bool IsModelName(std::string_view name);

// Errors: kUsage, with the rule and a valid name, unless IsModelName(name).
void RequireModelName(const std::string& name);

// Returns a name for the model in a file: "My Net (2).onnx" -> "my-net-2".
std::string ModelNameFor(const std::filesystem::path& file);

}  // namespace verger::cli
