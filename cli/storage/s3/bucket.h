// bucket.h: a place in S3.
#pragma once

#include <memory>
#include <string>

#include "cli/storage/place.h"
#include "cli/storage/s3/client.h"

namespace verger::cli {

// Objects below a prefix of a bucket. Keys are names as they are, not quoted. There are no folders,
// and renaming copies.
class Bucket : public Place {
 public:
  // `prefix` has no '/' at its ends; "" is the whole bucket.
  Bucket(std::string display_name, std::string prefix, std::shared_ptr<S3Client> client)
      : Place(std::move(display_name)), prefix_(std::move(prefix)), client_(std::move(client)) {}

  S3Client& client() const { return *client_; }
  const std::shared_ptr<S3Client>& shared_client() const { return client_; }
  const std::string& prefix() const { return prefix_; }

  // A name's key in the bucket.
  std::string KeyOf(std::string_view name) const;

  std::string Canonical() const override;
  void RequireHolder() const override;
  std::shared_ptr<arrow::io::RandomAccessFile> Open(const std::string& name) const override;
  std::optional<std::string> ReadIfPresent(const std::string& name) const override;
  std::unique_ptr<FileRead> StartRead(const PlaceFile& listed) const override;
  std::unique_ptr<PhotoStream> OpenListing(const ListingOptions& options) const override;
  void ExcludeFrom(ListingOptions* options) const override;
  std::vector<std::string> List(const std::string& folder) const override;
  std::vector<PlaceFile> ListFiles(const std::string& folder) const override;
  bool Exists(const std::string& name) const override;
  void Publish(const std::string& name, std::string_view bytes) const override;
  [[nodiscard]] bool PublishNew(const std::string& name, std::string_view bytes) const override;
  void Rename(const std::string& old_name, const std::string& new_name) const override;
  void SyncFolder(const std::string&) const override {}  // what was put is durable
  void Remove(const std::string& name) const override;
  void MakeFolder(const std::string&) const override {}
  // A lifecycle rule of the bucket ends the uploads that a killed run left.
  void RemoveStaleTemporaries(const std::string&) const override {}
  std::unique_ptr<PlaceLock> Lock(const std::string& name) const override;
  bool lock_can_be_lost() const override { return true; }
  std::optional<std::uint64_t> FreeBytes() const override { return std::nullopt; }
  int concurrency() const override { return 16; }
  std::uint64_t retries() const override { return client_->retries(); }

 private:
  S3Headers EncryptionHeaders() const;

  const std::string prefix_;
  const std::shared_ptr<S3Client> client_;
};

}  // namespace verger::cli
