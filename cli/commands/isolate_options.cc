#include "cli/commands/isolate_options.h"

namespace verger::cli {

std::unique_ptr<Isolation> IsolateOptions::Start(std::int64_t max_pixels) const {
  if (!isolate) return nullptr;
  return std::make_unique<Isolation>(IsolationOptions{max_seconds, max_pixels});
}

void AddOptions(Command& command, IsolateOptions& options) {
  const Option isolate =
      command.AddFlag("--isolate", &options.isolate,
                      "Decode photos in processes without files and network: one that its decoder "
                      "dies of is a reject");
  command
      .AddOption("--max-seconds", &options.max_seconds,
                 "With --isolate: reject photos that take longer to decode; 30 by default")
      .Between(0.1, 86'400.0)
      .Requires(isolate);
}

verger_decoder DecoderOf(const std::unique_ptr<Isolation>& isolation) {
  return isolation ? isolation->decoder() : verger_decoder{};
}

std::vector<std::string> LayersOf(const std::unique_ptr<Isolation>& isolation) {
  return isolation ? isolation->layers() : std::vector<std::string>();
}

}  // namespace verger::cli
