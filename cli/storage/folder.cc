#include "cli/storage/folder.h"

#include <arrow/io/file.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "cli/base/arrow_errors.h"
#include "cli/base/file_time.h"
#include "cli/base/files.h"
#include "cli/base/lock.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/storage/folder_listing.h"
#include "cli/storage/listed_file.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

class FolderLock : public PlaceLock {
 public:
  explicit FolderLock(FileLock lock) : lock_(std::move(lock)) {}

  void Check() override {}  // the system takes it from no living process

 private:
  FileLock lock_;
};

}  // namespace

std::string Folder::Canonical() const { return Printable(fs::weakly_canonical(root_).string()); }

std::shared_ptr<arrow::io::RandomAccessFile> Folder::Open(const std::string& name) const {
  Descriptor file = OpenFile(root_ / name, Exit::kStorage);
  return OrThrow(arrow::io::ReadableFile::Open(file.Release()), Exit::kStorage);
}

std::optional<std::string> Folder::ReadIfPresent(const std::string& name) const {
  return ReadFileIfPresent(root_ / name, Exit::kStorage);
}

std::unique_ptr<FileRead> Folder::StartRead(const PlaceFile& listed) const {
  return ReadListedFile(root_ / listed.name, listed);
}

std::unique_ptr<PhotoStream> Folder::OpenListing(const ListingOptions& options) const {
  return OpenFolderListing(root_, options);
}

std::vector<std::string> Folder::List(const std::string& folder) const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(root_ / folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw FileFailure(Exit::kStorage, "list the folder", root_ / folder, error.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<PlaceFile> Folder::ListFiles(const std::string& folder) const {
  std::vector<PlaceFile> files;
  for (const std::string& name : List(folder)) {
    const fs::path path = root_ / folder / name;
    struct stat status;
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    files.push_back({name, status.st_size, ModifiedAt(status)});
  }
  return files;
}

bool Folder::Exists(const std::string& name) const {
  std::error_code error;
  const bool exists = fs::exists(root_ / name, error);
  if (error) throw FileFailure(Exit::kStorage, "read", root_ / name, error.value());
  return exists;
}

void Folder::Publish(const std::string& name, std::string_view bytes) const {
  WriteFileAtomically(root_ / name, bytes);
}

bool Folder::PublishNew(const std::string& name, std::string_view bytes) const {
  return verger::cli::PublishNew(root_ / name, bytes);
}

void Folder::Rename(const std::string& old_name, const std::string& new_name) const {
  std::error_code error;
  fs::rename(root_ / old_name, root_ / new_name, error);
  if (error) throw FileFailure(Exit::kStorage, "write", root_ / new_name, error.value());
}

void Folder::SyncFolder(const std::string& folder) const {
  verger::cli::SyncFolder(root_ / folder);
}

void Folder::Remove(const std::string& name) const {
  std::error_code error;
  fs::remove(root_ / name, error);
  if (error) throw FileFailure(Exit::kStorage, "remove", root_ / name, error.value());
}

void Folder::MakeFolder(const std::string& name) const {
  verger::cli::MakeFolder(root_ / name);
  // Fail now, not after the first part of an hour.
  if (::euidaccess((root_ / name).c_str(), W_OK | X_OK) != 0) {
    throw FileFailure(Exit::kStorage, "write", root_ / name, errno);
  }
}

void Folder::RemoveStaleTemporaries(const std::string& folder) const {
  verger::cli::RemoveStaleTemporaries(root_ / folder);
}

std::unique_ptr<PlaceLock> Folder::Lock(const std::string& name) const {
  bool unsupported = false;
  auto lock = FileLock::TryAcquire(root_ / name, &unsupported);
  if (!lock) throw InUse("wait until it ends, or choose another OUT");
  if (unsupported) {
    const std::string what = fmt::format("{}: its file system does not support locks", PathOf(""));
    if (std::getenv("VERGER_NO_LOCK") == nullptr) {
      throw Failure(Exit::kStorage,
                    what +
                        ", which keep two runs from writing at once: choose an OUT on another "
                        "disk, or, if no other run writes to it, set VERGER_NO_LOCK=1");
    }
    Warn(what + ": nothing keeps another run from writing to it (VERGER_NO_LOCK)");
  }
  return std::make_unique<FolderLock>(*std::move(lock));
}

std::optional<std::uint64_t> Folder::FreeBytes() const { return verger::cli::FreeBytes(root_); }

}  // namespace verger::cli
