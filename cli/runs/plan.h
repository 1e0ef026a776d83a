// plan.h: what of a run is done already, and what is missing.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/photos/listing.h"
#include "cli/runs/output.h"
#include "cli/runs/todo.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// The result of the library's plan: verger_plan_result defines each field.
struct Plan {
  std::vector<PartEntry> reused_parts;
  bool reuses_only_listed = false;
  bool checked_all = false;  // every part was read as a whole
  std::vector<std::string> unlisted;
  std::vector<std::string> replaced;
  std::vector<std::string> damaged;
  std::vector<std::string> parts;
  std::vector<Reject> rejects;
  std::set<std::string> labels;
  std::int64_t listed = 0;
  std::int64_t vanished = 0;
  std::int64_t unread = 0;
  std::int64_t outdated = 0;
  TodoRows todo;
  ContentsHandle contents;

  std::int64_t inputs() const { return listed + vanished + unread; }
};

struct PlanOptions {
  bool include_hidden = false;  // of the listing
  bool drop_vanished = false;   // rows of photos that are listed no more
  PathMode path_mode = PathMode::kPlain;
  std::int64_t max_pixels = 0;  // of a photo, and its encoded bytes: rejects of lower limits are
  std::int64_t max_bytes = 0;   // tried again; 0: those of Limits()
};

// Parts that are read side by side: their checksums take a core, a bucket takes its time.
inline constexpr int kReadersOfParts = 4;

// Metadata that marks a part as the features of one network.
FileMetadata PartMetadata(const ModelIdentity& model);

// Holds what `output` has against what `photos` lists, in the order of their paths as
// `options.path_mode` has them.
//
// Cost:   reads every part but for its features; as a whole those that storage changed since the
//         manifest was put, or all if damage was seen in the output. 9 bytes of memory a row.
// Errors: Failure; Interrupted, with nothing changed.
Plan MakePlan(const Output& output, const ModelIdentity& model, const PlanOptions& options,
              PhotoStream& photos);

}  // namespace verger::cli
