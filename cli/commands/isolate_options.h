// isolate_options.h: --isolate, for the commands that decode photos.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands/arguments.h"
#include "cli/isolate/isolation.h"

namespace verger::cli {

struct IsolateOptions {
  bool isolate = false;
  double max_seconds = 30;  // that decoding one photo may take

  // Starts decoder processes for photos of at most `max_pixels`; 0: the library's limit. Null
  // without --isolate. Errors: as Isolation.
  std::unique_ptr<Isolation> Start(std::int64_t max_pixels) const;
};

// --isolate and --max-seconds.
void AddOptions(Command& command, IsolateOptions& options);

// The decoder of the options of verger.h; none for null.
verger_decoder DecoderOf(const std::unique_ptr<Isolation>& isolation);

// What the summary says; empty for null.
std::vector<std::string> LayersOf(const std::unique_ptr<Isolation>& isolation);

}  // namespace verger::cli
