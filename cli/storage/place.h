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

namespace verger::cli {

// The right to write to an output. Others are let in when it is destroyed.
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
  std::int64_t modified = 0;  // microseconds since 1970, UTC; far in the future if not told
};

// Files by their names below one place, '/' between names. Safe from many threads.
// Every failure of storage is a Failure kStorage that names the file and the remedy.
class Place {
 public:
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  virtual ~Place() = default;

  // As the user gave it.
  const std::string& shown() const { return shown_; }

  // The whole name of the place, printable, for manifests.
  virtual std::string Canonical() const = 0;

  // A file's name for messages.
  std::string PathOf(std::string_view name) const;

  // Errors: Failure kStorage if what should hold the files (a bucket) is not there.
  virtual void RequireHolder() const {}

  // The file, for readers that need parts of it.
  virtual std::shared_ptr<arrow::io::RandomAccessFile> Open(const std::string& name) const = 0;

  // All bytes of the file; nothing if there is none.
  virtual std::optional<std::string> ReadIfPresent(const std::string& name) const = 0;

  // As ReadIfPresent. Errors: Failure kStorage if there is none.
  std::string Read(const std::string& name) const;

  // Names right in a folder, sorted; none if there is no such folder.
  virtual std::vector<std::string> List(const std::string& folder) const = 0;

  // The same with what storage tells of each, in any order.
  virtual std::vector<PlaceFile> ListFiles(const std::string& folder) const = 0;

  virtual bool Exists(const std::string& name) const = 0;

  // Puts a whole file, durable and then visible, or leaves what was there.
  virtual void Publish(const std::string& name, std::string_view bytes) const = 0;

  // As Publish, but leaves a file that has the name already alone and returns false. Of several
  // processes that try at once, exactly one gets true, but for those that put equal bytes.
  [[nodiscard]] virtual bool PublishNew(const std::string& name, std::string_view bytes) const = 0;

  // Gives a file another name; SyncFolder makes that durable. Errors: kStorage, also if there is
  // none.
  virtual void Rename(const std::string& old_name, const std::string& new_name) const = 0;
  virtual void SyncFolder(const std::string& folder) const = 0;

  // Does nothing if there is no such file.
  virtual void Remove(const std::string& name) const = 0;

  // Creates a folder and those above it, where there are such things. Errors: also if nothing may
  // be written into it.
  virtual void MakeFolder(const std::string& name) const = 0;

  // Removes what killed writers left hidden in a folder; those of living ones stay.
  virtual void RemoveStaleTemporaries(const std::string& folder) const = 0;

  // Takes the lock that the file `name` stands for.
  // Errors: Failure kInUse if another run holds it; kStorage.
  virtual std::unique_ptr<PlaceLock> Lock(const std::string& name) const = 0;

  // Whether another run may take a lock over from one that still goes on, which has then lost it
  // without a word: such runs must not give files the same names.
  virtual bool lock_can_be_lost() const = 0;

  // Bytes that may still be written; nothing if nobody knows.
  virtual std::optional<std::uint64_t> FreeBytes() const = 0;

  // How many calls at a time make sense.
  virtual int calls_at_once() const = 0;

 protected:
  explicit Place(std::string shown) : shown_(std::move(shown)) {}

  Failure InUse(std::string_view remedy) const;

 private:
  const std::string shown_;
};

}  // namespace verger::cli
