// place.h: where photos and outputs are: a folder, or a prefix of an S3 bucket.
#pragma once

#include <arrow/io/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/base/error.h"
#include "cli/storage/file_read.h"
#include "cli/storage/photo_stream.h"

namespace verger::cli {

// The right to write to an output, released when it is destroyed.
class PlaceLock {
 public:
  PlaceLock() = default;
  PlaceLock(const PlaceLock&) = delete;
  PlaceLock& operator=(const PlaceLock&) = delete;
  virtual ~PlaceLock() = default;

  // Errors: Failure kInUse if another run has taken the lock over.
  virtual void Check() = 0;
};

struct PlaceFile {
  std::string name;
  std::int64_t bytes = 0;
  std::int64_t modified = 0;  // microseconds since 1970, UTC; far in the future if unknown
};

// Files by their names below one place, '/' between names. Safe from many threads.
// Every failure of storage is a Failure kStorage that names the file and the remedy.
class Place {
 public:
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  virtual ~Place() = default;

  // Returns the whole name of the place, printable, for manifests.
  virtual std::string Canonical() const = 0;

  // Returns a file's name for messages.
  std::string PathOf(std::string_view name) const;

  // Checks that what contains the files (a bucket) exists. Errors: Failure kStorage if not.
  virtual void RequireHolder() const {}

  // Opens the file for readers that need parts of it.
  virtual std::shared_ptr<arrow::io::RandomAccessFile> Open(const std::string& name) const = 0;

  // Returns all bytes of the file; nothing if there is none.
  virtual std::optional<std::string> ReadIfPresent(const std::string& name) const = 0;

  // As ReadIfPresent. Errors: Failure kStorage if there is none.
  std::string Read(const std::string& name) const;

  // Returns the names right in a folder, sorted; none if there is no such folder.
  virtual std::vector<std::string> List(const std::string& folder) const = 0;

  // The same with size and time of each, in any order.
  virtual std::vector<PlaceFile> ListFiles(const std::string& folder) const = 0;

  virtual bool Exists(const std::string& name) const = 0;

  // Writes a whole file, durable and then visible, or leaves the file that was there.
  virtual void Publish(const std::string& name, std::string_view bytes) const = 0;

  // As Publish, but returns false, and changes nothing, if a file has the name. Of several
  // processes that try at once, exactly one gets true, but for those that put equal bytes.
  [[nodiscard]] virtual bool PublishNew(const std::string& name, std::string_view bytes) const = 0;

  // Renames a file; SyncFolder makes that durable. Errors: kStorage, also if there is no such
  // file.
  virtual void Rename(const std::string& old_name, const std::string& new_name) const = 0;
  virtual void SyncFolder(const std::string& folder) const = 0;

  // Does nothing if there is no such file.
  virtual void Remove(const std::string& name) const = 0;

  // Creates a folder and those above it, if storage has folders. Errors: also if it is not
  // writable.
  virtual void MakeFolder(const std::string& name) const = 0;

  // Removes the hidden files of killed writers in a folder; those of living ones stay.
  virtual void RemoveStaleTemporaries(const std::string& folder) const = 0;

  // Acquires the lock that the file `name` stands for.
  // Errors: Failure kInUse if another run holds it; kStorage.
  virtual std::unique_ptr<PlaceLock> Lock(const std::string& name) const = 0;

  // Whether another run may take a lock over from a run that still writes and does not notice: such
  // runs must not give files the same names.
  virtual bool lock_can_be_lost() const = 0;

  // Returns the bytes that may still be written; nothing if unknown.
  virtual std::optional<std::uint64_t> FreeBytes() const = 0;

  // Returns how many calls at a time keep the storage busy.
  virtual int concurrency() const = 0;

  // Returns the requests over a network that were sent again so far.
  virtual std::uint64_t retries() const { return 0; }

  // Starts to read a file that must be as it was listed; `modified` 0: its time is unknown. The
  // place must outlive the read.
  // Cost: in a bucket, requests at once what AppendTo waits for.
  virtual std::unique_ptr<FileRead> StartRead(const PlaceFile& listed) const = 0;

  // Lists the photos below the place in strictly ascending order of the bytes of their paths.
  //
  // verger_walk_names says which files are photos and what their paths are; all others are left
  // out. In a folder links are followed, but never round in a circle; what is no regular file is a
  // photo with a problem; a folder below the place that cannot be listed costs only itself. The
  // place must outlive the stream.
  //
  // Errors: Failure kBadInput if the place cannot be listed; kStorage if temporary files cannot be
  //         written.
  // Cost:   memory for the names in the widest folder; of a bucket, see bucket_listing.h.
  virtual std::unique_ptr<PhotoStream> OpenListing(const ListingOptions& options) const = 0;

  // Makes a listing of another place leave out what lies below this one.
  virtual void ExcludeFrom(ListingOptions* options) const = 0;

 protected:
  // `display_name`: as the user writes it.
  explicit Place(std::string display_name) : display_name_(std::move(display_name)) {}

  Failure InUse(std::string_view remedy) const;

 private:
  const std::string display_name_;
};

}  // namespace verger::cli
