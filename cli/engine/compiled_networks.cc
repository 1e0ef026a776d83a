#include "cli/engine/compiled_networks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/base/files.h"
#include "cli/base/home.h"
#include "cli/base/library.h"
#include "cli/engine/usable_threads.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

bool IsOurs(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool FolderIsOurs(const fs::path& folder) {
  struct stat status;
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && IsOurs(status);
}

bool IsKey(std::string_view name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == name.npos;
}

// Its bytes, and that it was used now; "" of a file that is not there, or not to be trusted.
std::string ReadCached(const fs::path& path) {
  if (!FolderIsOurs(path.parent_path())) return "";
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status;
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || !IsOurs(status) ||
      static_cast<std::uint64_t>(status.st_size) > kMostCompiledBytes) {
    return "";
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return "";
    filled += static_cast<std::size_t>(got);
  }
  ::futimens(file.get(), nullptr);
  return bytes;
}

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Whole or not at all, though not durable: a file that a loss of power damages is made again.
void Write(const fs::path& path, std::string_view bytes) {
  std::string temporary = path.parent_path() / ".verger-tmp-XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));  // for this user alone
  if (!file) return;
  if (!WriteAll(file.get(), bytes) || ::rename(temporary.c_str(), path.c_str()) != 0) {
    ::unlink(temporary.c_str());
  }
}

struct CachedFile {
  fs::file_time_type used;
  std::uint64_t bytes;
  fs::path path;
};

void RemoveOldest(const fs::path& folder) {
  std::vector<CachedFile> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (!IsKey(entry.path().filename().native())) continue;
    std::error_code missing;  // another process cleans up too
    const CachedFile file{entry.last_write_time(missing), entry.file_size(missing), entry.path()};
    if (!missing) all.push_back(file);
  }
  std::ranges::sort(all, std::ranges::greater(), &CachedFile::used);
  std::uint64_t bytes = 0;
  for (std::size_t at = 0; at < all.size(); ++at) {
    bytes += all[at].bytes;
    std::error_code ignored;
    if (at >= kMostCompiled || bytes > kMostCompiledBytes) fs::remove(all[at].path, ignored);
  }
}

void SaveToCache(const verger_extractor& extractor, const fs::path& path) {
  LibraryBytes compiled;
  Call(verger_extractor_save, &extractor, compiled.out());
  if (compiled.view().empty() || compiled.view().size() > kMostCompiledBytes) return;
  const fs::path folder = path.parent_path();
  fs::create_directories(folder.parent_path());
  ::mkdir(folder.c_str(), S_IRWXU);
  if (!FolderIsOurs(folder)) return;
  RemoveStaleTemporaries(folder);
  Write(path, compiled.view());
  RemoveOldest(folder);
}

}  // namespace

fs::path CompiledFolder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return fs::path(cache) / "verger" / "compiled";
  const fs::path home = HomeFolder();
  return home.empty() ? fs::path() : home / ".cache" / "verger" / "compiled";
}

ExtractorHandle OpenExtractor(const verger_model& model, const ExtractorSettings& settings,
                              const fs::path& folder) {
  verger_extractor_options options{};
  options.struct_size = sizeof(options);
  options.threads = settings.threads == 0 ? UsableThreads() : settings.threads;
  options.batch_size = settings.batch_size;
  options.max_pixels = settings.max_pixels;
  options.max_bytes = settings.max_bytes;
  options.streams = settings.streams;
  options.decoder = settings.decoder;
  const std::string key = TextOf(verger_compiled_key, &model, &options);
  const fs::path path = folder / key;
  const bool cached = !key.empty() && !folder.empty();
  const std::string compiled = cached ? ReadCached(path) : "";
  options.compiled = Borrowed(compiled);
  verger_extractor* created = nullptr;
  Call(verger_extractor_create, &model, &options, &created);
  ExtractorHandle extractor(created);
  try {
    if (cached) SaveToCache(*extractor, path);
  } catch (const std::exception&) {
    // The next start is as slow as this one.
  }
  return extractor;
}

}  // namespace verger::cli
