// part_writer.h: rows to parts of Preprocessing, and to moments on the way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/runs/manifest.h"
#include "cli/runs/output.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// What a manifest says of a part of Preprocessing with these rows.
PartEntry EntryOf(FileEntry file, const std::vector<PhotoRow>& rows);

// Gathers rows and publishes a part whenever Limits().part_rows are there, its rows in the order of their
// paths. For one thread.
class PartWriter {
 public:
  PartWriter(Output& output, const ModelIdentity& model, verger_moments& moments)
      : output_(output), model_(model), moments_(moments) {}

  // `features` is empty for a rejected row. Errors: Failure.
  void Add(PhotoRow row, std::span<const float> features);

  // Rows with features that wait for their part.
  std::size_t waiting() const { return waiting_; }

  // Features of one of them. Valid until the next Add.
  std::span<const float> FeaturesOfWaiting(std::size_t row) const;

  // Publishes what is left. Errors: Failure.
  void Flush();

  // Where a row with features stands, of those in parts()[part], that was added as the `row`-th of
  // them.
  std::uint32_t PlaceOf(std::size_t part, std::uint32_t row) const {
    return places_[part].empty() ? row : places_[part][row];
  }

  const std::vector<PartEntry>& parts() const { return parts_; }
  const std::vector<Reject>& rejects() const { return rejects_; }

 private:
  Output& output_;
  const ModelIdentity& model_;
  verger_moments& moments_;
  PartRows pending_;
  std::size_t waiting_ = 0;
  std::vector<PartEntry> parts_;
  std::vector<std::vector<std::uint32_t>> places_;  // of a part; empty if rows came in order
  std::vector<Reject> rejects_;
};

}  // namespace verger::cli
