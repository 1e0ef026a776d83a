// sources.h: features that were made before, from the parts they are in.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/runs/output.h"

namespace verger::cli {

// Reads parts of Preprocessing as they are asked for; the latest few stay in memory, since rows are
// taken nearly in their order. Safe from many threads.
class Sources {
 public:
  // Requires: `output` outlives this.
  explicit Sources(const Output& output);

  std::string PathOf(const std::string& part) const;

  // The features of the photo whose bytes have the hash `sha256`: of the row `row` of the part, or
  // of any other row of it with that hash. Nothing if the part has none.
  // Errors: Damaged, if the part is not what was written; Failure kStorage.
  std::optional<std::vector<float>> Features(const std::string& part, std::int64_t row,
                                             std::string_view sha256);

 private:
  struct Part;

  std::shared_ptr<const Part> Load(const std::string& name);

  const Output& output_;
  std::unordered_map<std::string, const FileEntry*> listed_;  // by the manifest
  std::mutex mutex_;                                          // guards what follows
  std::deque<std::shared_ptr<const Part>> latest_;
};

}  // namespace verger::cli
