// folder.h: a place on a disk.
#pragma once

#include <filesystem>

#include "cli/storage/place.h"

namespace verger::cli {

class Folder : public Place {
 public:
  explicit Folder(const std::string& name) : Place(name), root_(name) {}

  const std::filesystem::path& root() const { return root_; }

  std::string Canonical() const override;
  std::shared_ptr<arrow::io::RandomAccessFile> Open(const std::string& name) const override;
  std::optional<std::string> ReadIfPresent(const std::string& name) const override;
  std::unique_ptr<FileRead> StartRead(const PlaceFile& listed) const override;
  std::unique_ptr<PhotoStream> OpenListing(const ListingOptions& options) const override;
  void ExcludeFrom(ListingOptions* options) const override { options->excluded_folder = root_; }
  std::vector<std::string> List(const std::string& folder) const override;
  std::vector<PlaceFile> ListFiles(const std::string& folder) const override;
  bool Exists(const std::string& name) const override;
  void Publish(const std::string& name, std::string_view bytes) const override;
  [[nodiscard]] bool PublishNew(const std::string& name, std::string_view bytes) const override;
  void Rename(const std::string& old_name, const std::string& new_name) const override;
  void SyncFolder(const std::string& folder) const override;
  void Remove(const std::string& name) const override;
  void MakeFolder(const std::string& name) const override;
  void RemoveStaleTemporaries(const std::string& folder) const override;
  std::unique_ptr<PlaceLock> Lock(const std::string& name) const override;
  bool lock_can_be_lost() const override { return false; }
  std::optional<std::uint64_t> FreeBytes() const override;
  int concurrency() const override { return 1; }

 private:
  const std::filesystem::path root_;
};

}  // namespace verger::cli
