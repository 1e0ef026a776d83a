#include "cli/storage/listed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "cli/base/file_time.h"
#include "cli/base/files.h"
#include "cli/base/limits.h"

namespace verger::cli {
namespace {

std::string Reason(int error) {
  if (error == ENOENT || error == ENOTDIR) return kVanishedFile;
  return "cannot be read: " + std::generic_category().message(error);
}

// Fills `bytes` from `begin` on. Returns 0 or an errno; a short file is no error here.
int ReadUpTo(int file, std::size_t begin, std::string* bytes) {
  std::size_t filled = begin;
  while (filled < bytes->size()) {
    const ssize_t size = ::read(file, bytes->data() + filled, bytes->size() - filled);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    if (size == 0) break;
    filled += static_cast<std::size_t>(size);
  }
  bytes->resize(filled);
  return 0;
}

class ListedFile : public FileRead {
 public:
  ListedFile(std::filesystem::path path, const PlaceFile& listed)
      : path_(std::move(path)), size_(listed.bytes), modified_(listed.modified) {}

  ReadOutcome AppendTo(std::string* bytes) override {
    const std::size_t begin = bytes->size();
    for (int attempt = 1;; ++attempt) {
      bool changed = false;
      const int error = TryRead(bytes, &changed);
      if (error == 0 && !changed) return {};
      bytes->resize(begin);
      if (changed) return {kChangedFile, true};
      if (error != EIO || attempt == Limits().read_tries) return {Reason(error), true};
    }
  }

 private:
  // One try. Returns an errno.
  int TryRead(std::string* bytes, bool* changed) const {
    // O_NONBLOCK: a FIFO put in the file's place must not hang the run.
    const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status;
    if (!file || ::fstat(file.get(), &status) != 0) return errno;
    *changed = !IsAsListed(status);
    if (*changed) return 0;
    const std::size_t begin = bytes->size();
    const std::size_t end = begin + static_cast<std::size_t>(size_);
    bytes->resize(end);
    if (const int error = ReadUpTo(file.get(), begin, bytes)) return error;
    // Again: who writes while we read would give us half of one photo and half of another.
    if (::fstat(file.get(), &status) != 0) return errno;
    *changed = bytes->size() != end || !IsAsListed(status);
    return 0;
  }

  bool IsAsListed(const struct stat& status) const {
    return S_ISREG(status.st_mode) && status.st_size == size_ && ModifiedAt(status) == modified_;
  }

  const std::filesystem::path path_;
  const std::int64_t size_;
  const std::int64_t modified_;
};

}  // namespace

std::unique_ptr<FileRead> ReadListedFile(std::filesystem::path path, const PlaceFile& listed) {
  return std::make_unique<ListedFile>(std::move(path), listed);
}

}  // namespace verger::cli
