// plan.h: what of a run is done already, and what is missing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/photos/listing.h"
#include "cli/runs/output.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// A row with features in a part that will not stay, from where they can be taken.
struct Source {
  std::uint32_t part = 0;  // index into Plan::sources
  std::uint32_t row = 0;   // among its rows that have features
};

// Rows of sources by their photos' content.
class KnownContents {
 public:
  void Add(const std::string& sha256, Source source);
  void Seal();  // after the last Add, before the first Find
  std::optional<Source> Find(const std::string& sha256) const;

 private:
  // Half of a SHA-256: 24 bytes a photo, and no two photos share it by chance.
  using Key = std::array<std::uint64_t, 2>;
  struct Entry {
    Key key;
    Source source;
  };
  static Key KeyOf(const std::string& sha256);

  std::vector<Entry> entries_;
};

// A photo to do. Its features are taken from `source` if there is one, else its
// bytes are read, and features taken from where the same bytes had them, or extracted.
struct PlannedPhoto {
  std::uint32_t photo = 0;  // index into the listing
  std::optional<PhotoRow> row;
  Source source;
};

struct Plan {
  std::vector<PartEntry> kept;        // parts of Preprocessing whose every row still holds
  bool kept_all_listed = false;       // and they include all parts of the manifest
  std::vector<std::string> unlisted;  // those of `kept` that no manifest has counted yet
  std::vector<Reject> rejects;        // of kept parts
  std::vector<std::string> sources;   // names of parts that go, but have features to take
  KnownContents contents;
  std::vector<PlannedPhoto> todo;     // sorted by photo
  std::vector<std::string> replaced;  // parts that are not kept
  std::vector<std::string> damaged;   // those of them that cannot be read, to be made anew
};

// Metadata that marks a part as the features of one network.
FileMetadata PartMetadata(const ModelIdentity& model);

// Holds what `output` has against what `photos` lists. A row holds while its photo has the same
// path, size and time of change; a photo that could not be read is tried again.
//
// Cost: reads every part once, to check it.
Plan MakePlan(const Output& output, const std::vector<Photo>& photos, const ModelIdentity& model);

}  // namespace verger::cli
