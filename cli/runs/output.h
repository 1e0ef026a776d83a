// output.h: what a run leaves in OUT, one version after the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/base/error.h"
#include "cli/engine/batches.h"
#include "cli/engine/output_rules.h"
#include "cli/runs/manifest.h"
#include "cli/storage/place.h"

namespace verger::cli {

inline constexpr const char* kPreprocessing = "Preprocessing";
inline constexpr const char* kResults = "Results";
inline constexpr const char* kPcaDocument = "Model/pca.json";

// The key of a part's metadata that holds its network, and marks a part that Verger wrote.
inline constexpr const char* kModelKey = "verger.model.sha256";

// A run or command that reads a damaged part writes this file: then the next plan reads every part
// as a whole. The version that follows from that plan removes it.
inline constexpr const char* kCheckFile = "_verger/check";

// An output as its latest manifest has it. The library decides what happens to its files, and in
// which order (verger.h, "outputs"); this class lists them and carries the steps out on a place.
class Output {
 public:
  // For readers. Errors: kBadInput if there is no output at `place`; kStorage if its
  // manifest is damaged.
  static Output Open(std::shared_ptr<Place> place);

  // For writers: makes the folders, holds its lock, and clears away what a killed run left half.
  // Errors: kInUse if another run holds the lock; kStorage if it cannot be written;
  //         kBadInput if it holds files that verger did not write.
  static Output OpenForWriting(std::shared_ptr<Place> place);

  // Of a writer: takes away what it has staged for a version that was not made.
  ~Output();
  Output(Output&&) = default;
  Output& operator=(Output&&) = delete;

  const Place& place() const { return *place_; }

  // As the library's rules take it.
  const OutputState& state() const { return state_; }

  // Whether there is no later version by now.
  bool IsLatest() const;
  const std::optional<Manifest>& manifest() const { return manifest_; }

  // The manifest. Errors: kBadInput, naming the command to run first.
  const Manifest& Extracted() const;
  // Its reduction. Errors: as Extracted.
  const Reduction& Reduced() const;

  // The bytes of a file that the manifest names. Errors: kStorage, with the remedy, if they are not
  // the ones that were written; kInUse as Publish.
  std::string Read(const FileEntry& file) const;

  // The file, for readers that need parts of it. Errors: kStorage, with the remedy.
  std::shared_ptr<arrow::io::RandomAccessFile> OpenFile(const FileEntry& file) const;

  // All its files, as verger_verification_finish takes them.
  Batch ListAll() const;

  // Parts of Preprocessing and manifests, as verger_plan_create takes them.
  Batch PlanFiles() const;

  // Asks the next plan to read every part as a whole, if storage lets us; and when it has done so.
  void AskForACheck() const;
  void CheckIsDone() const;

  // Parts of Preprocessing that a run finished without coming to its manifest.
  FileNames Unlisted() const;

  // A name for the next part of `kind`, which no part has had.
  std::string NextPart(const std::string& kind);

  // Puts a whole file, durable and then visible. Safe from many threads.
  // Errors: kStorage; kInUse if another run has taken the lock over.
  FileEntry Publish(const std::string& name, std::string_view bytes) const;

  // Removes a file that no version names. Errors: as Publish.
  void Remove(const std::string& name) const;

  // As Publish, but the file appears under its name only when Commit makes the version that
  // names it: for parts that would not go with those of the version before.
  FileEntry Stage(const std::string& name, std::string_view bytes) const;

  // A name for the moments, or the PCA, of the version that Commit will make.
  std::string VersionedName(verger_file file) const;

  // Makes `manifest` the latest version, then removes what it takes the place of.
  // Errors: kInUse if another run has made this version, or has taken the lock over; kStorage.
  void Commit(const Manifest& manifest);

 private:
  explicit Output(std::shared_ptr<Place> place) : place_(std::move(place)) {}

  void LoadManifest();
  void Require(bool results) const;
  void CheckLock() const;
  [[noreturn]] void Refuse(const FileEntry& file, const char* problem) const;
  void CarryOut(verger_stage stage, std::string_view next, const FileNames& listing) const;
  std::string NameOf(verger_file file, std::int64_t number) const;

  std::shared_ptr<Place> place_;
  std::unique_ptr<PlaceLock> lock_;
  OutputState state_;
  std::optional<Manifest> manifest_;  // what state_.manifest says
  verger_part_numbers next_{};
  // Set by threads that stage.
  std::unique_ptr<std::atomic<bool>> staged_ = std::make_unique<std::atomic<bool>>(false);
};

// Reads an output by `read`, and again where a run has made a later version meanwhile and removed
// files of the one that was opened. Errors: as Output::Open and `read`.
template <typename Read>
auto ReadLatest(const std::shared_ptr<Place>& place, Read read) {
  constexpr int kTries = 5;
  for (int attempt = 1;; ++attempt) {
    const Output output = Output::Open(place);
    try {
      return read(output);
    } catch (const Failure& failure) {
      if (failure.exit() != Exit::kStorage || attempt == kTries || output.IsLatest()) throw;
    }
  }
}

}  // namespace verger::cli
