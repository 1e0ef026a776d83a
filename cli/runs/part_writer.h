// part_writer.h: rows to parts of Preprocessing, and to moments on the way.
#pragma once

#include <span>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/runs/manifest.h"
#include "cli/runs/output.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// Rows of a part: what a kill may cost, and a file of 4 MB for ResNet-50.
inline constexpr std::size_t kPartRows = 512;

// Gathers rows and publishes a part whenever kPartRows are there. For one thread.
class PartWriter {
 public:
  // `moments` may be null.
  PartWriter(Output& output, const ModelIdentity& model, verger_moments* moments)
      : output_(output), model_(model), moments_(moments) {}

  // `features` is empty for a rejected row. Errors: Failure.
  void Add(PhotoRow row, std::span<const float> features);

  // Rows with features that wait for their part.
  std::size_t waiting() const { return waiting_; }

  // Features of one of them. Valid until the next Add.
  std::span<const float> FeaturesOfWaiting(std::size_t row) const;

  // Publishes what is left. Errors: Failure.
  void Flush();

  const std::vector<PartEntry>& parts() const { return parts_; }
  const std::vector<Reject>& rejects() const { return rejects_; }

 private:
  Output& output_;
  const ModelIdentity& model_;
  verger_moments* moments_;
  PartRows pending_;
  std::size_t waiting_ = 0;
  std::vector<PartEntry> parts_;
  std::vector<Reject> rejects_;
};

}  // namespace verger::cli
