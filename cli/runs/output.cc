#include "cli/runs/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/tables/parquet_file.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

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
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> PartNumber(std::string_view name) {
  return NumberIn(name, "part-", ".parquet");
}

std::optional<std::int64_t> ManifestVersion(std::string_view name) {
  return NumberIn(name, "manifest-", ".json");
}

// Names in `folder`, sorted; none if there is no such folder.
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw FileFailure(Exit::kStorage, "list the folder", folder, error.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string InFolder(std::string_view folder, std::string_view name) {
  return fmt::format("{}/{}", folder, name);
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

// Parts carry the identity of their network; files of others do not.
bool HasOurMark(const fs::path& part) {
  try {
    const FileMetadata metadata =
        ReadParquetMetadata(ReadFile(part, Exit::kStorage), part.string());
    return metadata.contains(kModelKey);
  } catch (const Damaged&) {
    return false;
  }
}

Failure ForeignFile(const fs::path& path) {
  return Failure(
      Exit::kBadInput,
      fmt::format("{}: not written by verger: move it away, or choose another OUT", path.string()));
}

void Remove(const fs::path& file) {
  std::error_code error;
  fs::remove(file, error);
  if (error) throw FileFailure(Exit::kStorage, "remove", file, error.value());
}

}  // namespace

Output Output::Open(const fs::path& folder) {
  Output output(folder);
  output.LoadManifest();
  if (!output.manifest_ && !output.Unlisted(kPreprocessing).empty()) {
    throw Failure(
        Exit::kBadInput,
        fmt::format("{}: a run has begun here and not ended: what it did is safe; run the "
                    "same command again to go on",
                    folder.string()));
  }
  if (!output.manifest_) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: holds no output: make one by 'verger run PHOTOS {}'",
                              folder.string(), folder.string()));
  }
  return output;
}

Output Output::OpenForWriting(const fs::path& folder) {
  Output output(folder);
  MakeFolder(folder / kState);
  output.lock_ = FileLock::TryAcquire(folder / kState / "lock");
  if (!output.lock_) {
    throw Failure(Exit::kInUse,
                  fmt::format("{}: another run is writing to it: wait until it ends, or choose "
                              "another OUT",
                              folder.string()));
  }
  for (const char* made : {kPreprocessing, kResults, "Model", kStaged}) MakeFolder(folder / made);
  output.LoadManifest();
  output.RefuseForeignFiles();
  output.ClearLeftovers();
  output.Settle();
  output.FindNextParts();
  return output;
}

const Manifest& Output::Extracted() const {
  if (!manifest_) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: holds no features: run 'verger extract PHOTOS {}' first",
                              folder_.string(), folder_.string()));
  }
  return *manifest_;
}

const Reduction& Output::Reduced() const {
  if (!Extracted().reduction) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: holds features but no Results yet: run 'verger reduce {}' first",
                              folder_.string(), folder_.string()));
  }
  return *manifest_->reduction;
}

std::string Output::Read(const FileEntry& file) const {
  std::optional<std::string> bytes = ReadFileIfPresent(PathOf(file), Exit::kStorage);
  if (!bytes || bytes->size() != file.bytes || Sha256Hex(*bytes) != file.sha256) {
    throw Damaged(
        fmt::format("{}: {}: run the same 'verger run' again, it makes anew what is "
                    "damaged",
                    PathOf(file).string(), bytes ? "not the bytes that were written" : "missing"));
  }
  return *std::move(bytes);
}

std::vector<std::string> Output::Unlisted(const std::string& kind) const {
  const std::set<std::string> listed = NamesOf(manifest_);
  std::vector<std::string> unlisted;
  for (const std::string& name : NamesIn(folder_ / kind)) {
    const std::string whole = InFolder(kind, name);
    if (PartNumber(name) && !listed.contains(whole)) unlisted.push_back(whole);
  }
  return unlisted;
}

std::string Output::NextPart(const std::string& kind) {
  return InFolder(kind, fmt::format("part-{:05}.parquet", next_part_[KindIndex(kind)]++));
}

FileEntry Output::Publish(const std::string& name, std::string_view bytes) const {
  WriteFileAtomically(folder_ / name, bytes);
  return {name, bytes.size(), Sha256Hex(bytes)};
}

FileEntry Output::Stage(const std::string& name, std::string_view bytes) const {
  WriteFileAtomically(folder_ / kStaged / fs::path(name).filename(), bytes);
  return {name, bytes.size(), Sha256Hex(bytes)};
}

std::string Output::VersionedName(const std::string& stem, const std::string& ending) const {
  return InFolder(kState, fmt::format("{}-{:06}.{}", stem, version_ + 1, ending));
}

void Output::Commit(Manifest manifest) {
  PlaceStaged(manifest);
  const std::string name = VersionedName("manifest", "json");
  if (!PublishNew(folder_ / name, ToJson(manifest))) {
    throw Failure(
        Exit::kInUse,
        fmt::format("{}: another run has finished in the meantime: run again", folder_.string()));
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
    if (!fs::exists(folder_ / kind / kSuccess)) {
      WriteFileAtomically(folder_ / kind / kSuccess, "");
    }
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
    for (const std::string& name : NamesIn(folder_ / kind)) names.insert(InFolder(kind, name));
  }
  for (const fs::path name : names) {
    if (const auto number = PartNumber(name.filename().string())) {
      std::int64_t& next = next_part_[KindIndex(name.parent_path().string())];
      next = std::max(next, *number + 1);
    }
  }
}

void Output::LoadManifest() {
  // A run that commits removes the manifest before: then there is a later one to read.
  constexpr int kTries = 5;
  for (int attempt = 0; attempt < kTries && !manifest_; ++attempt) {
    version_ = 0;
    for (const std::string& name : NamesIn(folder_ / kState)) {
      if (const auto version = ManifestVersion(name)) {
        version_ = std::max(version_, static_cast<int>(*version));
      }
    }
    if (version_ == 0) return;
    const fs::path path = folder_ / kState / fmt::format("manifest-{:06}.json", version_);
    if (const auto json = ReadFileIfPresent(path, Exit::kStorage)) {
      manifest_ = ManifestFromJson(*json, path.string());
    }
  }
}

void Output::RefuseForeignFiles() const {
  const std::set<std::string> listed = NamesOf(manifest_);
  for (const char* kind : kKinds) {
    for (const std::string& name : NamesIn(folder_ / kind)) {
      // Hidden and underscored names are no data, to Spark and Arrow as well.
      const fs::path path = folder_ / kind / name;
      if (name.starts_with('.') || name.starts_with('_') || listed.contains(InFolder(kind, name)) ||
          (PartNumber(name) && HasOurMark(path))) {
        continue;
      }
      throw ForeignFile(path);
    }
  }
  const auto pca = ReadFileIfPresent(folder_ / kPcaDocument, Exit::kStorage);
  if (!manifest_ && pca && pca->find("\"verger-pca\"") == std::string::npos) {
    throw ForeignFile(folder_ / kPcaDocument);
  }
}

void Output::ClearLeftovers() {
  for (const char* folder : {kPreprocessing, kResults, "Model", kState}) {
    RemoveStaleTemporaries(folder_ / folder);
  }
  for (const std::string& name : NamesIn(folder_ / kStaged)) Remove(folder_ / kStaged / name);
  // Parts of Preprocessing are work worth taking over; those of Results belong to a PCA that was
  // never published.
  for (const std::string& name : Unlisted(kResults)) Remove(folder_ / name);
}

// All renames in one go: between the first and the manifest, milliseconds, readers that take
// whatever lies in Results would see parts of two versions.
void Output::PlaceStaged(const Manifest& manifest) const {
  if (!manifest.reduction) return;
  for (const ResultEntry& result : manifest.reduction->results) {
    const fs::path place = PathOf(result.part.file);
    const fs::path staged = folder_ / kStaged / place.filename();
    std::error_code error;
    fs::rename(staged, place, error);
    // Parts kept from the version before are in their place already.
    if (error && error != std::errc::no_such_file_or_directory) {
      throw FileFailure(Exit::kStorage, "write", place, error.value());
    }
  }
  SyncFolder(folder_ / kResults);
}

// Model/pca.json is a copy, so that its change needs no moment of its own.
void Output::ShowPca() {
  if (!manifest_->reduction) return;
  const FileEntry& latest = manifest_->reduction->pca;
  const auto shown = ReadFileIfPresent(folder_ / kPcaDocument, Exit::kStorage);
  if (shown && shown->size() == latest.bytes && Sha256Hex(*shown) == latest.sha256) return;
  if (const auto document = ReadFileIfPresent(PathOf(latest), Exit::kStorage)) {
    WriteFileAtomically(folder_ / kPcaDocument, *document);
  }
}

void Output::RemoveOutdated() {
  // Other unlisted parts of Preprocessing are work that a later run takes over.
  for (const std::string& name : manifest_->replaced) Remove(folder_ / name);
  for (const std::string& name : Unlisted(kResults)) Remove(folder_ / name);
  const std::set<std::string> listed = NamesOf(manifest_);
  for (const std::string& name : NamesIn(folder_ / kState)) {
    const bool ours = ManifestVersion(name) || NumberIn(name, "moments-", ".bin") ||
                      NumberIn(name, "pca-", ".json");
    if (ours && ManifestVersion(name) != version_ && !listed.contains(InFolder(kState, name))) {
      Remove(folder_ / kState / name);
    }
  }
  if (!manifest_->reduction) {
    // Features changed and were not projected again: nothing may look like it.
    Remove(folder_ / kPcaDocument);
    Remove(folder_ / kResults / kSuccess);
  }
}

}  // namespace verger::cli
