// photo_names.h: which files are photos, their paths in rows, and their order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/runs/file_kinds.h"

namespace verger {

// The name of the folder that holds a photo; `root` for a photo that lies in no folder.
std::string_view LabelOf(std::string_view path, std::string_view root);

// A file or a folder, as storage calls it below some folder; '/' between names.
struct RawName {
  std::string_view name;
  bool folder = false;
};

struct WalkedName {
  std::int64_t row = 0;      // of the names that were given
  std::string path;          // printable, below the root
  std::string_view problem;  // why the photo must not be opened; "" if it may
};

// The photos and the folders among `names`, all of which lie below the folder of path `folder` (""
// for the root), in walking order: ascending bytes of paths, a folder's with '/' behind it, so that
// a walk that visits each folder in its place meets whole paths in ascending order.
//
// Rows contain printable paths. Where names of other bytes print alike, the first in the order of
// bytes keeps its path; the others have a problem, and " (another)", " (another 2)" ... behind it.
// So `names` must be complete: clashes are only detected within one call. Folders that print alike
// are one folder, and the names in them one set: they stay side by side, with equal paths. Names of
// equal bytes count once.
//
// Endings say which files are listed (KindByEnding), and so do the names of folders and
// files on their paths: what is hidden, or a system's, is passed over unless `include_hidden`. So
// are videos, and images that we do not decode where a photo of the same shot lies in the same
// folder (ShotNames). Other images are listed, so that no photo is left out silently. Adds to
// `counts`.
//
// Cost: of 10^6 names, less than a second and 200 bytes a name.
std::vector<WalkedName> WalkNames(std::string_view folder, std::span<const RawName> names,
                                  bool include_hidden, ListingCounts* counts);

}  // namespace verger
