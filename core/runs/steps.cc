#include "core/runs/steps.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "core/runs/names.h"

namespace verger {
namespace {

using Names = std::set<std::string, std::less<>>;

std::string PathOf(const OutputState& output, std::string_view name) {
  return output.place.ends_with('/') ? output.place + std::string(name)
                                     : InFolder(output.place, name);
}

Names NamesOf(const OutputState& output) {
  return output.manifest ? output.manifest->Names() : Names();
}

bool IsPart(std::string_view name) { return NumberIn(Numbered::kPart, LastOf(name)).has_value(); }

// Files of `_verger` that belong to some version.
bool IsOfAVersion(std::string_view name) {
  const std::string_view last = LastOf(name);
  return FolderOf(name) == kStateFolder &&
         (NumberIn(Numbered::kManifest, last) || NumberIn(Numbered::kMoments, last) ||
          NumberIn(Numbered::kPca, last));
}

// What follows from the latest manifest; what is done already makes no step. A run that is killed
// in it has succeeded: the next one comes by here first of all.
void Complete(const Manifest& manifest, std::string_view manifest_name, const Names& there,
              Steps* steps) {
  const auto remove = [&](std::string_view name) {
    if (there.contains(name)) steps->push_back({Action::kRemove, std::string(name), {}, {}});
  };
  const auto touch = [&](std::string_view folder) {
    std::string name = InFolder(folder, kSuccess);
    if (!there.contains(name)) steps->push_back({Action::kTouch, std::move(name), {}, {}});
  };
  // A copy, so that its change needs no moment of its own.
  if (manifest.reduction && there.contains(manifest.reduction->pca.name)) {
    steps->push_back({Action::kCopy, std::string(kPcaDocument), manifest.reduction->pca.name, {}});
  }
  // Other unlisted parts of Preprocessing are work that a later run takes over.
  for (const std::string& name : manifest.replaced) remove(name);
  const Names listed = manifest.Names();
  for (const std::string& name : there) {
    if (listed.contains(name) || name == manifest_name) continue;
    if ((FolderOf(name) == kResults && IsPart(name)) || IsOfAVersion(name)) remove(name);
  }
  if (!manifest.reduction) {
    // Features changed and were not projected again: nothing may look like it.
    remove(kPcaDocument);
    remove(InFolder(kResults, kSuccess));
  }
  // Last, as Hadoop's readers expect.
  touch(kPreprocessing);
  if (manifest.reduction) touch(kResults);
}

std::string ManifestName(std::int64_t version) {
  return InFolder(kStateFolder, NumberedName(Numbered::kManifest, version));
}

// Such a version replaces nothing that is damaged: `reduce` makes one, which has not looked at the
// parts.
bool KeepsAllParts(const OutputState& output, const Manifest& next) {
  if (!output.manifest) return false;
  const auto names = next.Names();
  const std::vector<PartEntry>& parts = output.manifest->preprocessing;
  return std::all_of(parts.begin(), parts.end(),
                     [&](const PartEntry& part) { return names.contains(part.file.name); });
}

}  // namespace

std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kRequireMark:
      return "require-mark";
    case Action::kRequirePca:
      return "require-pca";
    case Action::kRemove:
      return "remove";
    case Action::kRename:
      return "rename";
    case Action::kSync:
      return "sync";
    case Action::kCreate:
      return "create";
    case Action::kCopy:
      return "copy";
    case Action::kTouch:
      break;
  }
  return "touch";
}

Latest LatestManifest(const Listing& listing) {
  Latest latest;
  for (const std::string& name : listing) {
    if (FolderOf(name) != kStateFolder) continue;
    const auto version = NumberIn(Numbered::kManifest, LastOf(name));
    if (version && *version > latest.version) latest = {name, *version};
  }
  return latest;
}

Result<Steps> StepsToOpen(const OutputState& output, const Listing& listing) {
  Steps steps;
  const Names there(listing.begin(), listing.end());
  const Names listed = NamesOf(output);
  const auto refusal = [&](std::string_view name) {
    return fmt::format("{}: not written by verger: move it away, or choose another OUT",
                       PathOf(output, name));
  };
  for (const std::string& name : there) {
    const bool data = FolderOf(name) == kPreprocessing || FolderOf(name) == kResults;
    if (!data || !IsData(name) || listed.contains(name)) continue;
    if (!IsPart(name)) return Error{Code::kNotOurs, refusal(name)};
    steps.push_back({Action::kRequireMark, name, {}, refusal(name)});
  }
  if (!output.manifest && there.contains(kPcaDocument)) {
    steps.push_back({Action::kRequirePca, std::string(kPcaDocument), {}, refusal(kPcaDocument)});
  }
  for (const std::string& name : there) {
    // Parts of Preprocessing are work worth taking over; those of Results belong to a PCA that was
    // never published.
    const bool left = FolderOf(name) == kStagedFolder ||
                      (!output.manifest && FolderOf(name) == kResults && IsPart(name));
    if (left) steps.push_back({Action::kRemove, name, {}, {}});
  }
  if (output.manifest) Complete(*output.manifest, ManifestName(output.version), there, &steps);
  return steps;
}

Result<Steps> StepsToCommit(const OutputState& output, const Manifest& next,
                            const Listing& listing) {
  Steps steps;
  Names there(listing.begin(), listing.end());
  if (next.reduction) {
    for (const ResultEntry& result : next.reduction->results) {
      const std::string& name = result.part.file.name;
      const std::string staged = StagedName(output.run, name);
      // Parts kept from the version before are in their place already.
      if (!there.contains(staged)) continue;
      steps.push_back({Action::kRename, name, staged, {}});
      there.erase(staged);
      there.insert(name);
    }
    steps.push_back({Action::kSync, std::string(kResults), {}, {}});
  }
  for (const std::string& name : next.Names()) {
    if (there.contains(name)) continue;
    return Error{Code::kBadOutput, fmt::format("{}: another program removed it, so the output was "
                                               "not changed; run the same command again",
                                               PathOf(output, name))};
  }
  // It shows the version before, and names photos that this one may be rid of: no page rather than
  // that.
  if (there.contains(kReportPage)) {
    steps.push_back({Action::kRemove, std::string(kReportPage), {}, {}});
  }
  const std::string manifest = ManifestName(output.version + 1);
  steps.push_back(
      {Action::kCreate,
       manifest,
       {},
       fmt::format("{}: another run has finished in the meantime: run again", output.place)});
  if (there.contains(kCheckFile) && !KeepsAllParts(output, next)) {
    steps.push_back({Action::kRemove, std::string(kCheckFile), {}, {}});
  }
  Complete(next, manifest, there, &steps);
  return steps;
}

Steps StepsToGiveUp(const OutputState& output, const Listing& listing) {
  Steps steps;
  for (const std::string& name : listing) {
    if (FolderOf(name) == kStagedFolder && IsStagedBy(output.run, name)) {
      steps.push_back({Action::kRemove, name, {}, {}});
    }
  }
  return steps;
}

std::vector<std::string> Unlisted(const OutputState& output, const Listing& listing,
                                  std::string_view folder) {
  const Names listed = NamesOf(output);
  std::vector<std::string> unlisted;
  for (const std::string& name : listing) {
    if (FolderOf(name) == folder && IsPart(name) && !listed.contains(name)) {
      unlisted.push_back(name);
    }
  }
  std::sort(unlisted.begin(), unlisted.end());
  return unlisted;
}

NextParts NextPartNumbers(const OutputState& output, const Listing& listing) {
  Names names = NamesOf(output);
  names.insert(listing.begin(), listing.end());
  if (output.manifest) {
    names.insert(output.manifest->replaced.begin(), output.manifest->replaced.end());
  }
  NextParts next;
  for (const std::string& name : names) {
    const auto number = NumberIn(Numbered::kPart, LastOf(name));
    if (!number) continue;
    if (FolderOf(name) == kPreprocessing) {
      next.preprocessing = std::max(next.preprocessing, *number + 1);
    }
    if (FolderOf(name) == kResults) next.results = std::max(next.results, *number + 1);
  }
  return next;
}

Status RequireVersion(const OutputState& output, const Listing& listing, bool results) {
  const auto missing = [](std::string message) {
    return Error{Code::kNotOurs, std::move(message)};
  };
  const std::string& place = output.place;
  if (!output.manifest && !Unlisted(output, listing, kPreprocessing).empty()) {
    return missing(
        fmt::format("{}: a run was stopped here: its finished work is safe; run the same command "
                    "again to continue",
                    place));
  }
  if (!output.manifest) {
    return missing(
        fmt::format("{} has no output: make one by 'verger run PHOTOS {}'", place, place));
  }
  if (results && !output.manifest->reduction) {
    return missing(fmt::format("{} has features but no Results yet: run 'verger reduce {}' first",
                               place, place));
  }
  return Ok();
}

}  // namespace verger
