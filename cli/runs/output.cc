#include "cli/runs/output.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <fmt/core.h>

#include <initializer_list>
#include <random>
#include <utility>

#include "abi/verger.h"
#include "cli/base/arrow_errors.h"
#include "cli/base/digest.h"
#include "cli/runs/steps.h"

namespace verger::cli {
namespace {

constexpr const char* kModelFolder = "Model";
constexpr const char* kState = "_verger";
constexpr const char* kStaged = "_verger/staged";

FileNames ListFolders(const Place& place, std::initializer_list<const char*> folders) {
  FileNames names;
  for (const char* folder : folders) {
    for (const std::string& name : place.List(folder)) {
      names.push_back(fmt::format("{}/{}", folder, name));
    }
  }
  return names;
}

FileNames ListEverything(const Place& place) {
  FileNames names = ListFolders(place, {kPreprocessing, kResults, kModelFolder, kState, kStaged});
  if (place.Exists(verger_report_name())) names.emplace_back(verger_report_name());
  return names;
}

// A token that no other run has.
std::string NewRun() {
  std::random_device random;
  return fmt::format("{:08x}", random());
}

}  // namespace

Output Output::Open(std::shared_ptr<Place> place) {
  Output output(std::move(place));
  output.LoadManifest();
  if (!output.manifest_) output.place_->RequireHolder();
  output.Require(/*results=*/false);
  return output;
}

Output Output::OpenForWriting(std::shared_ptr<Place> place) {
  Output output(std::move(place));
  const Place& storage = *output.place_;
  storage.MakeFolder(kState);
  output.lock_ = storage.Lock(fmt::format("{}/lock", kState));
  for (const char* folder : {kPreprocessing, kResults, kModelFolder, kStaged}) {
    storage.MakeFolder(folder);
  }
  output.LoadManifest();
  output.state_.run = NewRun();
  for (const char* folder : {kPreprocessing, kResults, kModelFolder, kState}) {
    storage.RemoveStaleTemporaries(folder);
  }
  storage.RemoveStaleTemporaries("");  // the page lies in no folder
  const FileNames listing = ListEverything(storage);
  output.CarryOut(VERGER_STAGE_OPEN, {}, listing);
  output.next_ = NextParts(output.state_, listing);
  return output;
}

Output::~Output() {
  if (lock_ == nullptr || staged_ == nullptr || !*staged_) return;
  try {
    // Without a look at the lock: nobody else uses what this run has staged, even if the lock is
    // lost.
    const Steps steps = StepsOf(state_, VERGER_STAGE_GIVE_UP, {}, ListFolders(*place_, {kStaged}));
    cli::CarryOut(*place_, steps, {}, [] {});
  } catch (const std::exception&) {
    // What storage does not let us remove now, the next run does.
  }
}

bool Output::IsLatest() const {
  return LatestManifest(ListFolders(*place_, {kState})).version <= state_.version;
}

// Asked of the library where it fails, for the message.
void Output::Require(bool results) const {
  if (manifest_ && (manifest_->reduction || !results)) return;
  RequireVersion(state_, results, ListEverything(*place_));
}

const Manifest& Output::Extracted() const {
  Require(/*results=*/false);
  return manifest_.value();
}

const Reduction& Output::Reduced() const {
  Require(/*results=*/true);
  return manifest_.value().reduction.value();
}

std::string Output::Read(const FileEntry& file) const {
  std::optional<std::string> bytes = place_->ReadIfPresent(file.name);
  if (!bytes) Refuse(file, "missing");
  if (bytes->size() != file.bytes || Sha256Hex(*bytes) != file.sha256) {
    Refuse(file, "not the bytes that were written");
  }
  return *std::move(bytes);
}

std::shared_ptr<arrow::io::RandomAccessFile> Output::OpenFile(const FileEntry& file) const {
  try {
    return place_->Open(file.name);
  } catch (const Failure&) {
    if (!place_->Exists(file.name)) Refuse(file, "missing");
    throw;
  }
}

void Output::Refuse(const FileEntry& file, const char* problem) const {
  CheckLock();  // the run that has it now removes what its version does without
  if (lock_ && file.name.starts_with(kPreprocessing)) AskForACheck();
  throw Damaged(fmt::format("{}: {}: run the same 'verger run' again, which repairs damaged files",
                            place_->PathOf(file.name), problem));
}

Batch Output::ListAll() const { return NamesAsBatch(ListEverything(*place_)); }

Batch Output::PlanFiles() const {
  arrow::BinaryBuilder names;
  arrow::Int64Builder bytes;
  arrow::Int64Builder modified;
  for (const char* folder : {kPreprocessing, kState}) {
    for (const PlaceFile& file : place_->ListFiles(folder)) {
      OrThrow(names.Append(fmt::format("{}/{}", folder, file.name)));
      OrThrow(bytes.Append(file.bytes));
      OrThrow(modified.Append(file.modified));
    }
  }
  const std::int64_t rows = names.length();
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("name", arrow::binary()), arrow::field("bytes", arrow::int64()),
                     arrow::field("modified", arrow::int64())}),
      rows,
      std::vector<std::shared_ptr<arrow::Array>>{OrThrow(names.Finish()), OrThrow(bytes.Finish()),
                                                 OrThrow(modified.Finish())});
}

void Output::CheckIsDone() const { place_->Remove(kCheckFile); }

void Output::AskForACheck() const {
  try {
    place_->Publish(kCheckFile, "");
  } catch (const Failure&) {
    // The damage itself is the error to report.
  }
}

FileNames Output::Unlisted() const {
  return UnlistedParts(state_, ListFolders(*place_, {kPreprocessing}));
}

// On a disk a lock is never lost, and names stay plain.
std::string Output::NameOf(verger_file file, std::int64_t number) const {
  return NameOfFile(file, number, place_->lock_can_be_lost() ? state_.run : "");
}

std::string Output::NextPart(const std::string& kind) {
  if (kind == kPreprocessing) return NameOf(VERGER_FILE_PREPROCESSING, next_.preprocessing++);
  return NameOf(VERGER_FILE_RESULTS, next_.results++);
}

std::string Output::VersionedName(verger_file file) const {
  return NameOf(file, state_.version + 1);
}

void Output::Remove(const std::string& name) const {
  CheckLock();
  place_->Remove(name);
}

void Output::CheckLock() const {
  if (lock_) lock_->Check();
}

FileEntry Output::Publish(const std::string& name, std::string_view bytes) const {
  CheckLock();
  place_->Publish(name, bytes);
  return {name, bytes.size(), Sha256Hex(bytes)};
}

FileEntry Output::Stage(const std::string& name, std::string_view bytes) const {
  *staged_ = true;
  Publish(StagedName(state_.run, name), bytes);
  return {name, bytes.size(), Sha256Hex(bytes)};
}

void Output::Commit(const Manifest& manifest) {
  const std::string next = ToJson(manifest);
  CarryOut(VERGER_STAGE_COMMIT, next, ListEverything(*place_));
  *staged_ = false;
  ++state_.version;
  state_.manifest = next;
  manifest_ = ManifestFromJson(next, place_->PathOf(""));
}

// The lock is looked at before each action, and where one fails: then because of another run, if
// that has the lock by now.
void Output::CarryOut(verger_stage stage, std::string_view next, const FileNames& listing) const {
  try {
    cli::CarryOut(*place_, StepsOf(state_, stage, next, listing), next, [this] { CheckLock(); });
  } catch (const Failure&) {
    CheckLock();
    throw;
  }
}

void Output::LoadManifest() {
  state_.place = place_->PathOf("");
  // A run that commits removes the manifest before: then there is a later one to read.
  constexpr int kTries = 5;
  for (int attempt = 1; attempt <= kTries; ++attempt) {
    const Latest latest = LatestManifest(ListFolders(*place_, {kState}));
    state_.version = latest.version;
    if (latest.name.empty()) return;
    const auto json = place_->ReadIfPresent(latest.name);
    if (!json && attempt < kTries) continue;
    // If there is none, that is an error: not to be taken for an output without a version, whose
    // Results would be cleared away.
    state_.manifest = LayOutManifest(json.value_or(""), place_->PathOf(latest.name));
    manifest_ = ManifestFromJson(state_.manifest, place_->PathOf(latest.name));
    return;
  }
}

}  // namespace verger::cli
