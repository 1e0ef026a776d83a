// feature_reader.h: features of rows that were made before, from the parts they are in.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/runs/contents.h"
#include "cli/runs/output.h"
#include "cli/runs/part_writer.h"

namespace verger::cli {

// Parts are counted as `sources` first, then as the writer makes them. The latest few stay in
// memory: rows are taken nearly in their order. For one thread.
class FeatureReader {
 public:
  FeatureReader(const Output& output, const std::vector<std::string>& sources,
                const PartWriter& writer)
      : output_(output), sources_(sources), writer_(writer) {}

  // Valid until the next call. Errors: Failure kStorage.
  std::span<const float> Features(Source source);

  // Where the writer's next row with features will be.
  Source Next() const {
    return {static_cast<std::uint32_t>(sources_.size() + writer_.parts().size()),
            static_cast<std::uint32_t>(writer_.waiting())};
  }

 private:
  const arrow::RecordBatch& Part(const std::string& name);

  const Output& output_;
  const std::vector<std::string>& sources_;
  const PartWriter& writer_;
  std::deque<std::pair<std::string, Batch>> latest_;
};

}  // namespace verger::cli
