// plan.h: what of a run is done already, and what is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/photos/listing.h"
#include "cli/runs/contents.h"
#include "cli/runs/output.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// A photo to do. If a row of it holds, what that says is taken over, with features from its source;
// else its bytes are read, and features taken from where the same bytes had them, or extracted.
struct PlannedPhoto {
  static constexpr std::uint32_t kNoRow = ~std::uint32_t{0};

  std::uint32_t photo = 0;      // index into the listing
  std::uint32_t held = kNoRow;  // index into Plan::held
};

// A row that holds, of a part that goes.
struct HeldRow {
  std::uint32_t photo = 0;  // index into the listing
  PhotoRow row;
  Source source;  // of its features; void for a reject
};

struct Plan {
  std::vector<PartEntry> kept;        // parts of Preprocessing whose every row still holds
  bool kept_all_listed = false;       // and they include all parts of the manifest
  std::vector<std::string> unlisted;  // those of `kept` that no manifest has counted yet
  std::vector<Reject> rejects;        // of kept parts
  std::vector<std::string> sources;   // names of parts whose features can be taken
  std::vector<HeldRow> held;
  std::vector<PlannedPhoto> todo;     // sorted by photo
  std::vector<std::string> replaced;  // parts that are not kept
  std::vector<std::string> damaged;   // those of them that cannot be read, to be made anew
};

struct PlanOptions {
  bool drop_vanished = false;  // rows of photos that are listed no more
  PathMode path_mode = PathMode::kPlain;
};

// Parts that are read side by side: their checksums take a core, a bucket takes its time.
inline constexpr int kReadersOfParts = 4;

// Metadata that marks a part as the features of one network.
FileMetadata PartMetadata(const ModelIdentity& model);

// Holds what `output` has against what `photos` lists. A row holds while its photo has the same
// path, size and time of change; a photo that could not be read is tried again.
//
// The row of a photo that is listed no more stays, if it has features and `drop_vanished` is not
// asked for: such photos are put at the end of `photos`, as their rows tell of them.
// Contents of all rows with features of this network are put into `contents`.
//
// Cost: reads every part once, to check it.
Plan MakePlan(const Output& output, const ModelIdentity& model, const PlanOptions& options,
              std::vector<Photo>* photos, Contents* contents);

}  // namespace verger::cli
