// photo_engine.h: features of photos that come one at a time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/engine/handles.h"

namespace verger::cli {

struct PhotoEngineOptions {
  int threads = 1;
  int batch = 4;
  std::int64_t max_pixels = 0;  // as in ExtractorSettings
  std::int64_t max_bytes = 0;
  verger_decoder decoder{};
};

// One network, compiled twice: for a full batch, and for a lone photo, on which all threads work.
// Safe from many threads.
class PhotoEngine {
 public:
  // Errors: Failure, as OpenExtractor().
  PhotoEngine(const verger_model& model, const PhotoEngineOptions& options);

  // Out: path ("" each), label (null each), features and error, a row a photo, in order.
  // Errors: Failure if the engine fails.
  Batch Features(const std::vector<std::string_view>& photos) const;

  // Callers at a time that keep the engine busy.
  int callers() const;

 private:
  int threads_;
  std::size_t batch_;
  ExtractorHandle full_;
  ExtractorHandle lone_;  // null if the network requires a batch of its own
};

}  // namespace verger::cli
