// compiled_networks.h: networks that an earlier run compiled, kept so that int8 starts quickly.
#pragma once

#include <cstdint>
#include <filesystem>

#include "abi/verger.h"
#include "cli/engine/handles.h"

namespace verger::cli {

// Where they are kept: $XDG_CACHE_HOME/verger/compiled, else ~/.cache/verger/compiled, where ~ is
// HomeFolder(); empty if there is neither. A relative XDG_CACHE_HOME counts as none.
std::filesystem::path CompiledFolder();

// What is kept at most; what was used longest ago goes.
constexpr int kMostCompiled = 8;
constexpr std::uint64_t kMostCompiledBytes = std::uint64_t{512} << 20;

// An extractor of `model`, by the compiled network in `folder` if there is one, else compiled, and
// then kept there. The engine makes code of such a file, so only those are read that belong to this
// user and that nobody else may write. A folder that cannot be used makes a start slower, nothing
// else. `options.compiled` is for this function to set.
//
// Errors: Failure, as verger_extractor_create.
ExtractorHandle OpenExtractor(const verger_model& model, verger_extractor_options options,
                              const std::filesystem::path& folder);

}  // namespace verger::cli
