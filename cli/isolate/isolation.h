// isolation.h: photos decoded in processes without files and network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "abi/verger.h"
#include "cli/isolate/decoder_process.h"

namespace verger::cli {

struct IsolationOptions {
  double seconds = 30;          // that one photo may take
  std::int64_t max_pixels = 0;  // of a photo, as in ExtractorSettings; 0: the library's limit
};

// Decoder processes, as many as there are threads that decode, each started when it is needed. A
// photo that its decoder dies of, or does not get done with in time, is decoded once more, by a
// process that has seen no other photo, and is a reject if that dies too: so no photo is rejected
// for what another one did. Safe from many threads.
class Isolation {
 public:
  // Starts the first process. Warns about layers that the system does not offer.
  // Errors: Failure kFailed if it cannot be started.
  explicit Isolation(const IsolationOptions& options);
  Isolation(const Isolation&) = delete;
  Isolation& operator=(const Isolation&) = delete;
  ~Isolation();

  // For the options of verger.h. Valid while this is.
  verger_decoder decoder();

  // What is around each decoder: "process", and as far as the system offers them "seccomp",
  // "landlock", "rlimits".
  std::vector<std::string> layers() const;

 private:
  std::unique_ptr<DecoderProcess> Take(std::size_t capacity);
  void GiveBack(std::unique_ptr<DecoderProcess> decoder);
  // Returns why the photo is rejected, or "".
  verger_error Decode(const verger_decode_request& request, std::span<std::uint8_t> pixels);

  DecoderBudget budget_;
  Layers layers_;
  std::mutex mutex_;  // guards idle_
  std::vector<std::unique_ptr<DecoderProcess>> idle_;
};

}  // namespace verger::cli
