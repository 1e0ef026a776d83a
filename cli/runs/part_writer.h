// part_writer.h: rows to parts of Preprocessing, and to moments on the way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/runs/contents.h"
#include "cli/runs/manifest.h"
#include "cli/runs/output.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// What a manifest says of a part of Preprocessing with these rows.
PartEntry EntryOf(FileEntry file, const std::vector<PhotoRow>& rows);

// Gathers rows and publishes a part whenever `part_rows` are there, in the order of their paths.
// For one thread.
class PartWriter {
 public:
  // `moments`, which counts the rows, may be null.
  PartWriter(Output& output, const ModelIdentity& model, verger_moments* moments,
             std::int64_t part_rows)
      : output_(output), model_(model), moments_(moments), part_rows_(part_rows) {}

  // `features` is empty for a rejected row, and not of a row that waits here. Errors: Failure.
  void Add(PhotoRow row, std::span<const float> features);

  // Where the next row with features will be; its place in the part as it waits here.
  NewRow Next() const {
    return {static_cast<std::uint32_t>(parts_.size()), static_cast<std::uint32_t>(waiting_)};
  }

  // Features of a row that waits. Valid until the next Add.
  std::span<const float> FeaturesOfWaiting(std::size_t row) const;

  // Publishes what is left. Errors: Failure.
  void Flush();

  const std::vector<PartEntry>& parts() const { return parts_; }

 private:
  Output& output_;
  const ModelIdentity& model_;
  verger_moments* const moments_;
  const std::int64_t part_rows_;
  PartRows pending_;
  std::size_t waiting_ = 0;  // rows with features
  std::vector<PartEntry> parts_;
};

}  // namespace verger::cli
