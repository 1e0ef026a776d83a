// plan.h: which rows of a run exist, and which are missing.
//
// A merge of the listing of photos with the rows of an output, both in the order of paths, so that
// neither is in memory as a whole. The plan does no I/O: Next returns its request, and the caller
// reads that.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/columns.h"
#include "core/base/photo_limits.h"
#include "core/base/result.h"
#include "core/runs/contents.h"
#include "core/runs/manifest.h"
#include "core/runs/steps.h"

namespace verger {

// Photos of the listing, in the order of their paths, bytes compared. A path that ends in '/' is
// that of a folder that could not be listed; "/" means that folders could not be listed and that
// their rows cannot be identified. Units: `size` bytes, `modified` microseconds since 1970, UTC;
// null where that is not known.
struct ListedPhotos {
  std::int64_t length = 0;
  TextView path;
  TextView label;
  IntegerView size;
  IntegerView modified;
  TextView problem;  // why the photo must not be opened; null if it may
  TextView file;     // what storage calls it; null where that is `path`
  std::shared_ptr<const void> owner;
};

// Rows of a part of Preprocessing, without their features. Units as above.
struct PartColumns {
  std::int64_t length = 0;
  TextView path;
  TextView label;
  IntegerView size;
  IntegerView modified;
  TextView sha256;
  TextView error;
  std::shared_ptr<const void> owner;
};

// What the caller has read of a part.
struct PartContent {
  PartColumns rows;
  std::int64_t bytes = 0;  // of the file, and their SHA-256, if the whole file was requested
  std::string sha256;
  std::string model_sha256;  // by the file's own metadata
  std::string model_identity;
};

// A file in the folder Preprocessing, or a manifest. Units: microseconds since 1970, UTC.
struct OutputFile {
  std::string name;
  std::int64_t bytes = 0;
  std::int64_t modified = 0;
};

struct PlanOptions {
  ModelIdentity model;         // the network in question
  bool drop_vanished = false;  // rows of photos that are no longer listed go
  bool hashed = false;         // paths are hashes, in the listing and in rows
  bool check_all = false;      // every part is read as a whole, and its SHA-256 compared
  PhotoLimits limits = {};     // rejects of lower ones are tried again
};

// A part to read.
struct QueuedPart {
  std::int64_t part = 0;  // its number among the plan's parts
  std::string name;
  bool whole = false;  // the whole file with its SHA-256, for no manifest vouches for these bytes
};

// A row to make. With a part, it is a copy of a row there, features or reject; without, the photo
// is read, and its features are copied from a row with the same bytes (TakeContents) or extracted.
struct Todo {
  std::string path;
  std::string label;
  std::optional<std::int64_t> size;
  std::optional<std::int64_t> modified;
  std::string problem;
  std::string file;
  std::string sha256;
  std::string error;
  std::int64_t part = -1;  // its number among the plan's parts; -1: the photo is read
  std::int64_t row = -1;   // among all rows of that part
};

struct PlanResult {
  std::vector<PartEntry> kept_parts;  // parts whose every row stays
  bool kept_all_listed = false;       // and they include all parts of the manifest
  std::vector<std::string> unlisted;  // of `kept_parts`, those that no manifest counts yet
  std::vector<std::string> replaced;  // parts that are not kept
  std::vector<std::string> damaged;   // those of them that cannot be read
  std::vector<std::string> parts;     // names by number
  std::vector<Reject> rejects;        // of rows that stay, at most kRejectsListed
  std::set<std::string> labels;       // of rows that stay and have features
  std::int64_t listed = 0;            // photos
  std::int64_t vanished = 0;          // rows that stay though their photos are no longer listed
  std::int64_t unread = 0;            // rows that stay as they are in a folder that was not listed
  std::int64_t outdated = 0;          // rows of another network, which go
  std::int64_t todo = 0;              // rows to make
  std::int64_t reused = 0;            // those of them that have a source or an error
};

// Compares the rows of an output with the photos of a listing.
//
// A row stays while its photo has the same path, size and time of change, unless it is a reject of
// a limit that is higher now. Rows of photos that are no longer listed stay, unless they are
// rejects or `drop_vanished` is set; all rows of folders that could not be listed stay. A part
// stays if all its rows stay; from any other part, the rows that stay are copied into a new part.
//
// Cost: 9 bytes for each row of the output, and the parts whose ranges of paths overlap; parts of
//       version 1 of the format, whose ranges are unknown, are all in memory at once.
class Plan {
 public:
  // `files`: all parts of Preprocessing and all manifests. A part that storage has not changed
  // since the manifest was written is trusted and read without its features; all others are read
  // completely.
  Plan(const OutputState& output, const std::vector<OutputFile>& files, PlanOptions options);
  Plan(Plan&&) noexcept;
  ~Plan();

  enum class Request {
    kQueue,    // TakeQueue: parts that it will request, in this order
    kPart,     // AddPart: the next of the queue
    kListing,  // AddListing, or EndListing
    kTodo,     // TakeTodo
    kDone      // Finish
  };

  // Continues until it needs input. Returns the same request until that is fulfilled.
  Request Next();

  std::vector<QueuedPart> TakeQueue();

  // nullopt: the part cannot be read. Errors: kBadCall if none is requested.
  Status AddPart(std::optional<PartContent> content);

  // Errors: kBadCall if none is requested, or if paths do not ascend.
  Status AddListing(ListedPhotos photos);
  Status EndListing();

  std::vector<Todo> TakeTodo();

  // Requires: Next() is kDone.
  PlanResult Finish();

  // Rows that have features, of all parts that were added so far; moved out of the plan.
  Contents TakeContents();

 private:
  class Merge;
  std::unique_ptr<Merge> merge_;
};

}  // namespace verger
