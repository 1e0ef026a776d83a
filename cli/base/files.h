// files.h: files that appear whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cli/base/error.h"

namespace verger::cli {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int Release();

 private:
  int fd_ = -1;
};

// Returns the Failure for a system call that failed on `path` with `error` (an
// errno): what was tried ("write", "read"), why it failed, and the remedy.
// `needed` is the number of bytes still to be written, named when the disk is full.
Failure FileFailure(Exit exit, std::string_view verb, const std::filesystem::path& path, int error,
                    std::uint64_t needed = 0);

// Returns all of a regular file.
//
// Errors: `exit` if it cannot be read, is no regular file, or has more than `limit`
//         bytes. A FIFO or a device is refused without waiting on it.
std::string ReadFile(const std::filesystem::path& path, Exit exit = Exit::kBadInput,
                     std::uint64_t limit = std::uint64_t{1} << 34);

// Opens a regular file for reading. Errors: as ReadFile.
Descriptor OpenFile(const std::filesystem::path& path, Exit exit);

// As ReadFile; nothing if there is no file of that name.
std::optional<std::string> ReadFileIfPresent(const std::filesystem::path& path,
                                             Exit exit = Exit::kBadInput,
                                             std::uint64_t limit = std::uint64_t{1} << 34);

// A file on its way: hidden in the folder it is for, under a name of its own, until
// it is published; removed if it never is. Meanwhile it holds a lock, by which
// RemoveStaleTemporaries distinguishes it from what a killed process left.
// For one thread. Every error is a Failure with kStorage.
class PendingFile {
 public:
  // Creates the hidden file. The folder of `path` must exist.
  explicit PendingFile(std::filesystem::path path);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  ~PendingFile();

  // The path of the hidden file, for writers that need a name: they must be done
  // with it before it is published.
  const std::filesystem::path& temporary() const { return temporary_; }

  void Append(std::string_view bytes);

  // Makes the bytes durable, then visible: fsync, rename, fsync of the folder.
  // Replaces a file of that name. A failed fsync is final.
  void Publish();

  // As Publish, but returns false, and changes nothing, if a file has the name already.
  // Of several processes that try at once, exactly one gets true.
  [[nodiscard]] bool PublishIfAbsent();

 private:
  void Sync();
  void Discard() noexcept;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  Descriptor file_;
};

// Writes all of `bytes` to `path`, or leaves the file that was there.
// Errors: kStorage.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

// Writes all of `bytes` to `path` if nothing has that name, else returns false.
// Errors: kStorage.
[[nodiscard]] bool PublishNew(const std::filesystem::path& path, std::string_view bytes);

// Removes the PendingFiles of killed processes in `folder`; those of living
// processes stay. Ignores errors.
void RemoveStaleTemporaries(const std::filesystem::path& folder) noexcept;

// Creates `folder` and its parents, durably. Errors: kStorage.
void MakeFolder(const std::filesystem::path& folder);

// Makes renames in `folder` durable; warns, once, where its file system cannot. Errors: kStorage.
void SyncFolder(const std::filesystem::path& folder);

// Returns the bytes that an ordinary user may still write to the disk of `folder`; nothing if
// unknown.
std::optional<std::uint64_t> FreeBytes(const std::filesystem::path& folder);

}  // namespace verger::cli
