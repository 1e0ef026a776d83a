#include "cli/runs/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <system_error>
#include <utility>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/ordered.h"
#include "cli/tables/parquet_file.h"

namespace verger::cli {
namespace {

constexpr const char* kState = "_verger";
constexpr const char* kStaged = "_verger/staged";
constexpr const char* kSuccess = "_SUCCESS";
constexpr const char* kKinds[] = {kPreprocessing, kResults};

// The number in "STEM-000012.ENDING"; nothing for other names.
std::optional<std::int64_t> NumberIn(std::string_view name, std::string_view stem,
                                     std::string_view ending) {
  if (!name.starts_with(stem) || !name.ends_with(ending) ||
      name.size() <= stem.size() + ending.size()) {
    return std::nullopt;
  }
  name.remove_prefix(stem.size());
  name.remove_suffix(ending.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  constexpr std::int64_t kMost = 999'999'999;  // far from where adding 1 goes wrong
  if (error != std::errc() || end != name.data() + name.size() || number > kMost) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> PartNumber(std::string_view name) {
  return NumberIn(name, "part-", ".parquet");
}

std::optional<std::int64_t> ManifestVersion(std::string_view name) {
  return NumberIn(name, "manifest-", ".json");
}

std::string InFolder(std::string_view folder, std::string_view name) {
  return fmt::format("{}/{}", folder, name);
}

std::string StagedName(const std::string& name) {
  return InFolder(kStaged, name.substr(name.rfind('/') + 1));
}

std::set<std::string> NamesOf(const std::optional<Manifest>& manifest) {
  std::set<std::string> names;
  if (!manifest) return names;
  for (const PartEntry& part : manifest->preprocessing) names.insert(part.file.name);
  names.insert(manifest->moments.name);
  if (manifest->reduction) {
    names.insert(manifest->reduction->pca.name);
    for (const ResultEntry& result : manifest->reduction->results) {
      names.insert(result.part.file.name);
    }
  }
  return names;
}

int KindIndex(const std::string& kind) { return kind == kPreprocessing ? 0 : 1; }

// Calls `act` for every name, several at a time where that makes sense.
void ForEach(const Place& place, const std::vector<std::string>& names,
             const std::function<void(const std::string&)>& act) {
  if (place.calls_at_once() == 1 || names.size() < 2) {
    std::for_each(names.begin(), names.end(), act);
    return;
  }
  RunOrdered<bool>(
      names.size(), std::min(place.calls_at_once(), std::max(1, static_cast<int>(names.size()))),
      [&](std::size_t index) { return act(names[index]), true; }, [](std::size_t, bool) {});
}

}  // namespace

Output Output::Open(std::shared_ptr<Place> place) {
  Output output(std::move(place));
  output.LoadManifest();
  if (!output.manifest_) output.place_->RequireHolder();
  const std::string shown = output.place_->PathOf("");
  if (!output.manifest_ && !output.Unlisted(kPreprocessing).empty()) {
    throw Failure(
        Exit::kBadInput,
        fmt::format("{}: a run has begun here and not ended: what it did is safe; run the "
                    "same command again to go on",
                    shown));
  }
  if (!output.manifest_) {
    throw Failure(
        Exit::kBadInput,
        fmt::format("{}: holds no output: make one by 'verger run PHOTOS {}'", shown, shown));
  }
  return output;
}

Output Output::OpenForWriting(std::shared_ptr<Place> place) {
  Output output(std::move(place));
  const Place& storage = *output.place_;
  storage.MakeFolder(kState);
  output.lock_ = storage.Lock(InFolder(kState, "lock"));
  for (const char* made : {kPreprocessing, kResults, "Model", kStaged}) storage.MakeFolder(made);
  output.LoadManifest();
  output.RefuseForeignFiles();
  output.ClearLeftovers();
  output.Settle();
  output.FindNextParts();
  return output;
}

Output::~Output() {
  if (lock_ == nullptr || staged_ == nullptr || !*staged_) return;
  try {
    for (const std::string& name : place_->List(kStaged)) place_->Remove(InFolder(kStaged, name));
  } catch (const std::exception&) {
    // What storage does not let us remove now, the next run does.
  }
}

bool Output::IsLatest() const {
  int latest = 0;
  for (const std::string& name : place_->List(kState)) {
    latest = std::max(latest, static_cast<int>(ManifestVersion(name).value_or(0)));
  }
  return latest <= version_;
}

const Manifest& Output::Extracted() const {
  if (!manifest_) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: holds no features: run 'verger extract PHOTOS {}' first",
                              place_->PathOf(""), place_->PathOf("")));
  }
  return *manifest_;
}

const Reduction& Output::Reduced() const {
  if (!Extracted().reduction) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: holds features but no Results yet: run 'verger reduce {}' first",
                              place_->PathOf(""), place_->PathOf("")));
  }
  return *manifest_->reduction;
}

std::string Output::Read(const FileEntry& file) const {
  std::optional<std::string> bytes = place_->ReadIfPresent(file.name);
  if (!bytes || bytes->size() != file.bytes || Sha256Hex(*bytes) != file.sha256) {
    throw Damaged(fmt::format(
        "{}: {}: run the same 'verger run' again, it makes anew what is "
        "damaged",
        place_->PathOf(file.name), bytes ? "not the bytes that were written" : "missing"));
  }
  return *std::move(bytes);
}

std::vector<std::string> Output::Unlisted(const std::string& kind) const {
  const std::set<std::string> listed = NamesOf(manifest_);
  std::vector<std::string> unlisted;
  for (const std::string& name : place_->List(kind)) {
    const std::string whole = InFolder(kind, name);
    if (PartNumber(name) && !listed.contains(whole)) unlisted.push_back(whole);
  }
  return unlisted;
}

std::string Output::NextPart(const std::string& kind) {
  return InFolder(kind, fmt::format("part-{:05}.parquet", next_part_[KindIndex(kind)]++));
}

FileEntry Output::Publish(const std::string& name, std::string_view bytes) const {
  if (lock_) lock_->Check();
  place_->Publish(name, bytes);
  return {name, bytes.size(), Sha256Hex(bytes)};
}

FileEntry Output::Stage(const std::string& name, std::string_view bytes) const {
  *staged_ = true;
  place_->Publish(StagedName(name), bytes);
  return {name, bytes.size(), Sha256Hex(bytes)};
}

std::string Output::VersionedName(const std::string& stem, const std::string& ending) const {
  return InFolder(kState, fmt::format("{}-{:06}.{}", stem, version_ + 1, ending));
}

void Output::Commit(Manifest manifest) {
  if (lock_) lock_->Check();
  PlaceStaged(manifest);
  const std::string name = VersionedName("manifest", "json");
  if (!place_->PublishNew(name, ToJson(manifest))) {
    throw Failure(
        Exit::kInUse,
        fmt::format("{}: another run has finished in the meantime: run again", place_->PathOf("")));
  }
  ++version_;
  manifest_ = std::move(manifest);
  Settle();
}

// What follows from the latest manifest, step by step; done already, it costs a look. A run that
// is killed in it has succeeded: the next one comes by here first of all.
void Output::Settle() {
  if (!manifest_) return;
  ShowPca();
  RemoveOutdated();
  // Last, as Hadoop's readers expect.
  const auto mark = [&](const char* kind) {
    const std::string name = InFolder(kind, kSuccess);
    if (!place_->Exists(name)) place_->Publish(name, "");
  };
  mark(kPreprocessing);
  if (manifest_->reduction) mark(kResults);
}

// Names of the manifest as well as files: a part that was lost, or is to be removed, must not come
// back under its old name, or the version that mends it would look like the one before.
void Output::FindNextParts() {
  std::set<std::string> names = NamesOf(manifest_);
  if (manifest_) names.insert(manifest_->replaced.begin(), manifest_->replaced.end());
  for (const char* kind : kKinds) {
    for (const std::string& name : place_->List(kind)) names.insert(InFolder(kind, name));
  }
  for (const std::string& name : names) {
    const std::size_t slash = name.rfind('/');
    if (const auto number = PartNumber(std::string_view(name).substr(slash + 1))) {
      std::int64_t& next = next_part_[KindIndex(name.substr(0, slash))];
      next = std::max(next, *number + 1);
    }
  }
}

void Output::LoadManifest() {
  // A run that commits removes the manifest before: then there is a later one to read.
  constexpr int kTries = 5;
  for (int attempt = 0; attempt < kTries && !manifest_; ++attempt) {
    version_ = 0;
    for (const std::string& name : place_->List(kState)) {
      if (const auto version = ManifestVersion(name)) {
        version_ = std::max(version_, static_cast<int>(*version));
      }
    }
    if (version_ == 0) return;
    const std::string name = InFolder(kState, fmt::format("manifest-{:06}.json", version_));
    if (const auto json = place_->ReadIfPresent(name)) {
      manifest_ = ManifestFromJson(*json, place_->PathOf(name));
    }
  }
  // Never taken for an output without a version: then its Results would be cleared away.
  if (!manifest_) {
    throw Failure(Exit::kStorage,
                  fmt::format("{}: its manifest {} is listed and cannot be read: run the same "
                              "command again",
                              place_->PathOf(""), version_));
  }
}

// Parts carry the identity of their network; files of others do not.
bool Output::HasOurMark(const std::string& name) const {
  try {
    return ReadParquetMetadata(place_->Open(name), place_->PathOf(name)).contains(kModelKey);
  } catch (const Damaged&) {
    return false;
  }
}

void Output::RefuseForeignFiles() const {
  const auto refuse = [&](const std::string& name) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: not written by verger: move it away, or choose another OUT",
                              place_->PathOf(name)));
  };
  const std::set<std::string> listed = NamesOf(manifest_);
  std::vector<std::string> unknown;
  for (const char* kind : kKinds) {
    for (const std::string& name : place_->List(kind)) {
      // Hidden and underscored names are no data, to Spark and Arrow as well.
      if (name.starts_with('.') || name.starts_with('_')) continue;
      const std::string whole = InFolder(kind, name);
      if (listed.contains(whole)) continue;
      if (!PartNumber(name)) refuse(whole);
      unknown.push_back(whole);
    }
  }
  ForEach(*place_, unknown, [&](const std::string& name) {
    if (!HasOurMark(name)) refuse(name);
  });
  if (manifest_) return;
  const auto pca = place_->ReadIfPresent(kPcaDocument);
  if (pca && pca->find("\"verger-pca\"") == std::string::npos) refuse(kPcaDocument);
}

void Output::ClearLeftovers() {
  for (const char* folder : {kPreprocessing, kResults, "Model", kState}) {
    place_->RemoveStaleTemporaries(folder);
  }
  std::vector<std::string> gone;
  for (const std::string& name : place_->List(kStaged)) gone.push_back(InFolder(kStaged, name));
  // Parts of Preprocessing are work worth taking over; those of Results belong to a PCA that was
  // never published.
  for (std::string& name : Unlisted(kResults)) gone.push_back(std::move(name));
  ForEach(*place_, gone, [&](const std::string& name) { place_->Remove(name); });
}

// All renames in one go: between the first and the manifest, milliseconds on a disk and seconds in
// a bucket, where renaming copies, readers that take whatever lies in Results would see parts of
// two versions.
void Output::PlaceStaged(const Manifest& manifest) const {
  if (!manifest.reduction) return;
  const std::vector<std::string> names = place_->List(kStaged);
  const std::set<std::string> staged(names.begin(), names.end());
  std::vector<std::string> moved;  // parts kept from the version before are in their place already
  for (const ResultEntry& result : manifest.reduction->results) {
    const std::string& name = result.part.file.name;
    if (staged.contains(name.substr(name.rfind('/') + 1))) moved.push_back(name);
  }
  ForEach(*place_, moved, [&](const std::string& name) { place_->Rename(StagedName(name), name); });
  *staged_ = false;
  place_->SyncFolder(kResults);
}

// Model/pca.json is a copy, so that its change needs no moment of its own.
void Output::ShowPca() {
  if (!manifest_->reduction) return;
  const FileEntry& latest = manifest_->reduction->pca;
  const auto shown = place_->ReadIfPresent(kPcaDocument);
  if (shown && shown->size() == latest.bytes && Sha256Hex(*shown) == latest.sha256) return;
  if (const auto document = place_->ReadIfPresent(latest.name)) {
    place_->Publish(kPcaDocument, *document);
  }
}

void Output::RemoveOutdated() {
  // Other unlisted parts of Preprocessing are work that a later run takes over.
  std::vector<std::string> gone = manifest_->replaced;
  for (std::string& name : Unlisted(kResults)) gone.push_back(std::move(name));
  const std::set<std::string> listed = NamesOf(manifest_);
  for (const std::string& name : place_->List(kState)) {
    const bool ours = ManifestVersion(name) || NumberIn(name, "moments-", ".bin") ||
                      NumberIn(name, "pca-", ".json");
    const std::string whole = InFolder(kState, name);
    if (ours && ManifestVersion(name) != version_ && !listed.contains(whole)) {
      gone.push_back(whole);
    }
  }
  if (!manifest_->reduction) {
    // Features changed and were not projected again: nothing may look like it.
    gone.emplace_back(kPcaDocument);
    gone.push_back(InFolder(kResults, kSuccess));
  }
  ForEach(*place_, gone, [&](const std::string& name) { place_->Remove(name); });
}

}  // namespace verger::cli
