// compiled_networks.h: a cache of compiled networks, so that int8 starts quickly.
#pragma once

#include <cstdint>
#include <filesystem>

#include "abi/verger.h"
#include "cli/engine/handles.h"

namespace verger::cli {

// The folder of compiled networks: $XDG_CACHE_HOME/verger/compiled, else ~/.cache/verger/compiled,
// where ~ is HomeFolder(); empty if there is neither. A relative XDG_CACHE_HOME counts as none.
std::filesystem::path CompiledFolder();

// The folder keeps at most so many files, those used last, of at most so many bytes each.
constexpr int kMostCompiled = 8;
constexpr std::uint64_t kMostCompiledBytes = std::uint64_t{512} << 20;

struct ExtractorSettings {
  int threads = 0;     // of the engine; 0: UsableThreads()
  int batch_size = 0;  // photos that the network computes at a time; 0: the library's choice
  std::int64_t max_pixels = 0;  // of a photo, more is a reject; 0: the library's limit
  std::int64_t max_bytes = 0;   // of a photo's file, likewise
  int streams = 0;              // batches computed at a time; 0: the engine's choice
  verger_decoder decoder{};     // of photos; without: the library itself, in this process
};

// Returns an extractor of `model`. Reads its compiled network from `folder` if it is there, else
// compiles it and writes it there. The engine runs such a file as code, so only files that belong
// to this user and that no other user may write are read. An unusable folder makes the start
// slower and has no other effect.
//
// Errors: Failure, as verger_extractor_create.
ExtractorHandle OpenExtractor(const verger_model& model, const ExtractorSettings& settings,
                              const std::filesystem::path& folder = CompiledFolder());

}  // namespace verger::cli
