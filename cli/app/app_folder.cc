#include "cli/app/app_folder.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "cli/base/files.h"
#include "cli/base/json.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

Failure Foreign(const fs::path& folder, const std::string& name) {
  return Failure(Exit::kStorage,
                 fmt::format("{}: {} in it is no file of an app, which would be lost: name a new "
                             "folder, or one that verger app made",
                             Printable(folder.native()), Printable(name)));
}

// Names below `folder` of all that is no folder, sorted.
std::set<std::string> NamesIn(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_symlink() || !entry.is_directory()) {
      names.insert(entry.path().lexically_relative(folder).native());
    }
  }
  return names;
}

// Names that the app in `folder` may have; none if there is no app.
std::set<std::string> NamesOfApp(const fs::path& folder) {
  std::set<std::string> names;
  try {
    const auto text = ReadFileIfPresent(folder / kAppDescription, Exit::kStorage);
    if (!text) return names;
    const auto description = ParseJson(*text);
    if (description.at("format") != "verger-app") return names;
    names = {kAppDescription, std::string(kAppDescription) + kCompressed};
    for (const auto& file : description.at("files")) {
      names.insert(file.at("path").get<std::string>());
      names.insert(file.at("path").get<std::string>() + kCompressed);
    }
  } catch (const nlohmann::json::exception&) {
    names.clear();
  }
  return names;
}

// The folder in which files are made before they appear. It is locked: what a killed process left
// is distinguished from what a living one makes.
class Draft {
 public:
  explicit Draft(fs::path path) : path_(std::move(path)) {
    while (!Lock()) {
    }
    for (const auto& entry : fs::directory_iterator(path_)) fs::remove_all(entry.path());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }

 private:
  // False if the folder that was opened is no longer the one of that name.
  bool Lock() {
    if (::mkdir(path_.c_str(), 0777) != 0 && errno != EEXIST) {
      throw FileFailure(Exit::kStorage, "make", path_, errno);
    }
    lock_ = Descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!lock_) {
      if (errno == ENOENT) return false;
      throw FileFailure(Exit::kStorage, "open", path_, errno);
    }
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      throw Failure(Exit::kInUse, fmt::format("{}: another verger app writes it: wait for its end",
                                              Printable(path_.native())));
    }
    struct stat opened;
    struct stat there;
    return ::fstat(lock_.get(), &opened) == 0 && ::stat(path_.c_str(), &there) == 0 &&
           opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
  }

  fs::path path_;
  Descriptor lock_;
};

void Write(const fs::path& folder, const std::string& name, const std::string& bytes) {
  const fs::path path = folder / name;
  MakeFolder(path.parent_path());
  WriteFileAtomically(path, bytes);
}

// Puts `draft` where `folder` is; what was there is then where the draft was.
void Exchange(const fs::path& draft, const fs::path& folder) {
  if (::rename(draft.c_str(), folder.c_str()) == 0) return;  // it was missing or empty
  if (errno != ENOTEMPTY && errno != EEXIST) {
    throw FileFailure(Exit::kStorage, "rename", draft, errno);
  }
  if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) {
    throw FileFailure(Exit::kStorage, "rename", draft, errno);
  }
  // A file system that cannot exchange names: for a moment there is no folder.
  const fs::path old = draft.native() + "-old";
  if (::rename(folder.c_str(), old.c_str()) != 0 || ::rename(draft.c_str(), folder.c_str()) != 0 ||
      ::rename(old.c_str(), draft.c_str()) != 0) {
    throw FileFailure(Exit::kStorage, "rename", folder, errno);
  }
}

}  // namespace

void RequireAppFolder(const fs::path& folder) try {
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder)) throw Foreign(folder.parent_path(), folder.filename().native());
  const std::set<std::string> names = NamesIn(folder);
  const std::set<std::string> known = NamesOfApp(folder);
  for (const std::string& name : names) {
    if (!known.contains(name)) throw Foreign(folder, name);
  }
} catch (const fs::filesystem_error& error) {
  throw FileFailure(Exit::kStorage, "list", folder, error.code().value());
}

void WriteAppFolder(const fs::path& name, const std::vector<AppFile>& files) try {
  // Of a link, the folder that it leads to.
  const fs::path absolute = fs::absolute(name).lexically_normal();
  const fs::path slashless = absolute.has_filename() ? absolute : absolute.parent_path();
  const fs::path folder = fs::exists(slashless) ? fs::canonical(slashless) : slashless;
  MakeFolder(folder.parent_path());
  const Draft draft(folder.parent_path() / ("." + folder.filename().native() + ".verger-app"));
  for (const AppFile& file : files) {
    Write(draft.path(), file.path, file.bytes);
    if (!file.brotli.empty()) Write(draft.path(), file.path + kCompressed, file.brotli);
  }
  RequireAppFolder(folder);
  Exchange(draft.path(), folder);
  SyncFolder(folder.parent_path());
} catch (const fs::filesystem_error& error) {
  throw FileFailure(Exit::kStorage, "write", name, error.code().value());
}

}  // namespace verger::cli
