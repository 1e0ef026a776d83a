#include "cli/base/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include "cli/base/print.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = ".verger-tmp-";

// Repeats a system call that a signal interrupted.
template <typename Call>
auto Retrying(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

fs::path FolderOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

std::string Quoted(const fs::path& path) { return fmt::format("'{}'", Printable(path.native())); }

std::string Remedy(int error, const fs::path& path, std::uint64_t needed) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: {
      std::string text = fmt::format(": {} bytes are still to be written", WithCommas(needed));
      if (auto free = FreeBytes(FolderOf(path)))
        text += fmt::format(", {} are free", WithCommas(*free));
      return text + "; make room, or choose another folder";
    }
    case EFBIG:
      return fmt::format(
          ": {} bytes are still to be written; raise the limit on file sizes (ulimit -f)",
          WithCommas(needed));
    case EACCES:
    case EPERM:
      return fmt::format("; give user {} access to it, or choose another folder", ::geteuid());
    case EROFS:
      return "; choose a folder on a disk that can be written";
    case ENOTDIR:
      return "; a part of the path is a file: give a folder";
    case ENOENT:
      return "; check the name";
    case ENOLCK:
    case ENOTSUP:
    case ENOSYS:
      return "; its file system does not support that: choose a folder on another file system";
    default:
      return "";
  }
}

Descriptor OpenForReading(const fs::path& path, Exit exit, bool* missing) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  Descriptor file(
      Retrying([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (!file) {
    if (missing && errno == ENOENT) {
      *missing = true;
      return file;
    }
    throw FileFailure(exit, "read", path, errno);
  }
  struct stat status;
  if (::fstat(file.get(), &status) != 0) throw FileFailure(exit, "read", path, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Failure(exit, fmt::format("cannot read {}: it is {}, not a file", Quoted(path),
                                    S_ISDIR(status.st_mode) ? "a folder" : "a device or a pipe"));
  }
  return file;
}

std::string ReadAll(const Descriptor& file, const fs::path& path, Exit exit, std::uint64_t limit) {
  struct stat status;
  if (::fstat(file.get(), &status) != 0) throw FileFailure(exit, "read", path, errno);
  std::string bytes;
  std::size_t filled = 0;
  // One byte more than the size tells the end of a file that did not grow.
  std::uint64_t room = static_cast<std::uint64_t>(status.st_size) + 1;
  while (true) {
    if (std::max<std::uint64_t>(room - 1, filled) > limit) {
      throw Failure(exit, fmt::format("cannot read {}: it has more than {} bytes", Quoted(path),
                                      WithCommas(limit)));
    }
    bytes.resize(room);
    const ssize_t got =
        Retrying([&] { return ::read(file.get(), bytes.data() + filled, room - filled); });
    if (got < 0) throw FileFailure(exit, "read", path, errno);
    filled += static_cast<std::size_t>(got);
    if (got == 0) break;
    if (filled == room) room *= 2;
  }
  bytes.resize(filled);
  return bytes;
}

std::string RandomDigits() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.Release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int Descriptor::Release() { return std::exchange(fd_, -1); }

Failure FileFailure(Exit exit, std::string_view verb, const fs::path& path, int error,
                    std::uint64_t needed) {
  return Failure(exit, fmt::format("cannot {} {}: {}{}", verb, Quoted(path), std::strerror(error),
                                   Remedy(error, path, needed)));
}

Descriptor OpenFile(const fs::path& path, Exit exit) { return OpenForReading(path, exit, nullptr); }

std::string ReadFile(const fs::path& path, Exit exit, std::uint64_t limit) {
  return ReadAll(OpenForReading(path, exit, nullptr), path, exit, limit);
}

std::optional<std::string> ReadFileIfPresent(const fs::path& path, Exit exit, std::uint64_t limit) {
  bool missing = false;
  const Descriptor file = OpenForReading(path, exit, &missing);
  if (missing) return std::nullopt;
  return ReadAll(file, path, exit, limit);
}

PendingFile::PendingFile(fs::path path) : path_(std::move(path)) {
  while (true) {
    temporary_ = FolderOf(path_) / (std::string(kTemporaryPrefix) + RandomDigits());
    file_ = Descriptor(Retrying(
        [&] { return ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666); }));
    if (!file_) {
      if (errno == EEXIST) continue;
      throw FileFailure(Exit::kStorage, "write", path_, errno);
    }
    // Between open and flock a cleaner may have removed it as stale: then start again.
    // On disks without locks no cleaner succeeds either.
    struct stat status;
    if (Retrying([&] { return ::flock(file_.get(), LOCK_EX | LOCK_NB); }) != 0 &&
        errno == EWOULDBLOCK) {
      continue;
    }
    if (::fstat(file_.get(), &status) != 0 || status.st_nlink > 0) return;
  }
}

PendingFile::~PendingFile() { Discard(); }

void PendingFile::Discard() noexcept {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
  file_ = Descriptor();
}

void PendingFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        Retrying([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
    if (written < 0) {
      const int error = errno;
      Discard();  // first, so that the free space in the message includes this file's
      throw FileFailure(Exit::kStorage, "write", path_, error, bytes.size());
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PendingFile::Sync() {
  if (Retrying([&] { return ::fsync(file_.get()); }) != 0) {
    const int error = errno;
    Discard();
    throw FileFailure(Exit::kStorage, "write", path_, error);
  }
}

void PendingFile::Publish() {
  Sync();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw FileFailure(Exit::kStorage, "write", path_, errno);
  }
  temporary_.clear();
  SyncFolder(FolderOf(path_));
}

bool PendingFile::PublishIfAbsent() {
  Sync();
  int result = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A disk without RENAME_NOREPLACE: a second name for the bytes, then drop the first.
    result = ::link(temporary_.c_str(), path_.c_str());
    if (result == 0) {
      result = ::unlink(temporary_.c_str());
    } else if (errno == EPERM || errno == ENOTSUP || errno == ENOSYS || errno == EINVAL) {
      // Without links either: only the lock of the output keeps others out.
      std::error_code error;
      if (fs::exists(fs::symlink_status(path_, error))) return false;
      result = ::rename(temporary_.c_str(), path_.c_str());
    }
  }
  if (result != 0) {
    if (errno == EEXIST) return false;
    throw FileFailure(Exit::kStorage, "write", path_, errno);
  }
  temporary_.clear();
  SyncFolder(FolderOf(path_));
  return true;
}

void WriteFileAtomically(const fs::path& path, std::string_view bytes) {
  PendingFile file(path);
  file.Append(bytes);
  file.Publish();
}

bool PublishNew(const fs::path& path, std::string_view bytes) {
  PendingFile file(path);
  file.Append(bytes);
  return file.PublishIfAbsent();
}

void RemoveStaleTemporaries(const fs::path& folder) noexcept {
  try {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (!entry.path().filename().native().starts_with(kTemporaryPrefix)) continue;
      Descriptor file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
      if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) continue;
      ::unlink(entry.path().c_str());
    }
  } catch (const std::exception&) {
    // What cannot be listed now is removed by a later run.
  }
}

void MakeFolder(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> new_folders;
  for (fs::path missing = folder; !missing.empty() && !fs::exists(missing, error);
       missing = missing.parent_path()) {
    new_folders.push_back(missing);
  }
  fs::create_directories(folder, error);
  if (error) throw FileFailure(Exit::kStorage, "create the folder", folder, error.value());
  for (const fs::path& path : new_folders) SyncFolder(FolderOf(path));
}

void SyncFolder(const fs::path& folder) {
  Descriptor file(
      Retrying([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!file) throw FileFailure(Exit::kStorage, "make durable", folder, errno);
  if (Retrying([&] { return ::fsync(file.get()); }) == 0) return;
  // Some network and user-space file systems cannot.
  if (errno != EINVAL && errno != ENOTSUP && errno != ENOSYS) {
    throw FileFailure(Exit::kStorage, "make durable", folder, errno);
  }
  static std::once_flag once;
  std::call_once(once, [&] {
    Warn(
        fmt::format("{}: its file system cannot sync folders: after a loss of power, files of the "
                    "latest run may be missing; the next run makes them again",
                    Quoted(folder)));
  });
}

std::optional<std::uint64_t> FreeBytes(const fs::path& folder) {
  struct statvfs status;
  if (::statvfs(folder.c_str(), &status) != 0) return std::nullopt;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace verger::cli
