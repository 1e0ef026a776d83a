// steps.h: what a run does to the files of an output, and in which order.
//
// A version exists when its manifest does; parts appear before it, each whole, and what only the
// version before had is removed after it. So the latest version can be read at any time, and
// whatever a killed run leaves is either taken over by the next or removed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/runs/manifest.h"

namespace verger {

enum class Action {
  kRequireMark,  // `name` must be a part with verger's metadata; else fail with `message`
  kRequirePca,   // `name` must be a PCA document of verger's; else fail with `message`
  kRemove,       // `name`
  kRename,       // the file `other` is called `name` from now on
  kSync,         // make the names in the folder `name` durable
  kCreate,       // put the manifest as `name`; if there is such a file, fail with `message`
  kCopy,         // put the bytes of `other` as `name`, unless it has them
  kTouch         // put an empty file
};

// "require-mark", "rename" and so on.
std::string_view NameOf(Action action);

struct Step {
  Action action;
  std::string name;
  std::string other;
  std::string message;
};
using Steps = std::vector<Step>;

// Names below OUT of all files in the folders of an output, and report.html, in any order.
using Listing = std::vector<std::string>;

// An output as a run has opened it.
struct OutputState {
  std::string place;  // for messages
  std::optional<Manifest> manifest;
  std::int64_t version = 0;  // number of the manifest; 0: there is none
  std::string run;           // the token of the run that writes; "" for readers
};

// The manifest of the latest version; "" if there is none.
struct Latest {
  std::string name;
  std::int64_t version = 0;
};
Latest LatestManifest(const Listing& listing);

// What a run that has the lock does first: refuses files of others, removes what killed runs left
// half, and completes what follows from the latest manifest.
//
// Errors: kNotOurs, naming a file that verger did not write.
Result<Steps> StepsToOpen(const OutputState& output, const Listing& listing);

// Makes `next` the version after the one that was opened, and completes what follows from it.
// Staged parts are renamed all in one go: between the first and the manifest, milliseconds on a
// disk and seconds in a bucket, readers that take whatever lies in Results see parts of two
// versions.
//
// Errors: kBadOutput, naming a file of `next` that is not there.
Result<Steps> StepsToCommit(const OutputState& output, const Manifest& next,
                            const Listing& listing);

// What a run that ends without its version removes: the parts that it has staged itself.
Steps StepsToGiveUp(const OutputState& output, const Listing& listing);

// Parts of a folder that a run finished without coming to its manifest.
std::vector<std::string> Unlisted(const OutputState& output, const Listing& listing,
                                  std::string_view folder);

// Numbers for the next parts of Preprocessing and of Results, which no part has had: one that was
// lost, or is to be removed, must not come back under its old name, or the version that mends it
// would look like the one before.
struct NextParts {
  std::int64_t preprocessing = 0;
  std::int64_t results = 0;
};
NextParts NextPartNumbers(const OutputState& output, const Listing& listing);

// Errors: kNotOurs unless there are features, or Results if those are asked for; names the command
//         that makes them.
Status RequireVersion(const OutputState& output, const Listing& listing, bool results);

}  // namespace verger
