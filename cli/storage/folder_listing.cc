#include "cli/storage/folder_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/base/file_time.h"
#include "cli/base/files.h"
#include "cli/storage/listed_photos.h"
#include "cli/storage/walked_names.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

using FolderId = std::pair<dev_t, ino_t>;

// A folder above the one that is being read, or that one.
struct OpenFolder {
  std::string file;  // its name below the root; "" for the root
  FolderId id;
  std::shared_ptr<const OpenFolder> above;
};
using Folders = std::vector<std::shared_ptr<const OpenFolder>>;

std::string Joined(const std::string& folder, std::string_view name) {
  std::string joined = folder;
  if (!joined.empty() && !joined.ends_with('/')) joined += '/';
  joined += name;
  return joined;
}

// Folders that print alike, and how far the walk has come in them.
struct Level {
  Folders folders;
  std::vector<std::uint32_t> owners;  // of each name, where there is more than one folder
  WalkedNames names;                  // below their folder; where there are several, below the root
  std::int64_t next = 0;
};

class FolderWalk : public PhotoStream {
 public:
  FolderWalk(const fs::path& root, const ListingOptions& options)
      : root_(root.native()),
        label_(fs::weakly_canonical(root).filename().native()),
        include_hidden_(options.include_hidden) {
    struct stat status;
    const fs::path& excluded = options.excluded_folder;
    if (!excluded.empty() && stat(excluded.c_str(), &status) == 0) {
      excluded_ = {status.st_dev, status.st_ino};
    }
    Enter("", {{"", nullptr}}, false);
  }

  std::shared_ptr<arrow::RecordBatch> Next() override {
    while (rows_.rows() < kListingRows && !levels_.empty()) Step();
    return rows_.rows() == 0 ? nullptr : rows_.Finish();
  }

 private:
  struct FolderName {
    std::string file;
    std::shared_ptr<const OpenFolder> above;
  };

  // The photo or the folders that come next.
  void Step() {
    Level& level = levels_.back();
    const WalkedNames& names = level.names;
    if (level.next == names.size()) return levels_.pop_back();
    const std::int64_t name = level.next++;
    if (!names.folder(name)) return AddPhoto(names, name, FileOf(level, name));
    std::vector<FolderName> alike = {{FileOf(level, name), OwnerOf(level, name)}};
    const std::string path(names.path(name));
    const bool passed_over = names.passed_over(name);
    while (level.next < names.size() && names.folder(level.next) &&
           names.path(level.next) == path) {
      alike.push_back({FileOf(level, level.next), OwnerOf(level, level.next)});
      ++level.next;
    }
    Enter(path, std::move(alike), passed_over);
  }

  static std::shared_ptr<const OpenFolder> OwnerOf(const Level& level, std::int64_t name) {
    if (level.owners.empty()) return level.folders[0];
    return level.folders[level.owners[static_cast<std::size_t>(level.names.row(name))]];
  }

  static std::string FileOf(const Level& level, std::int64_t name) {
    if (!level.owners.empty()) return std::string(level.names.raw(name));
    return Joined(level.folders[0]->file, level.names.raw(name));
  }

  // Reads folders that print as `path`, as one. One that cannot be read is reported as unread;
  // the root is an error.
  void Enter(const std::string& path, std::vector<FolderName> alike, bool passed_over) {
    Level level;
    RawNames names;
    const bool several = alike.size() > 1;
    int unread = 0;
    for (FolderName& folder : alike) {
      const std::string path_on_disk = FullPath(folder.file);
      const int error = Read(path_on_disk, std::move(folder), several, &level, &names);
      if (error == 0) continue;
      if (path.empty() || IsOfThisProcess(error)) {
        throw FileFailure(Exit::kBadInput, "list the folder", path_on_disk, error);
      }
      unread = error;
    }
    if (unread != 0 && !passed_over) AddUnread(path, unread);
    level.names = names.Walk(several ? "" : path, label_, include_hidden_, &counts_);
    if (level.names.size() > 0) levels_.push_back(std::move(level));
  }

  // Returns an errno; then names that were read by then are in `names`.
  int Read(const std::string& path_on_disk, FolderName folder, bool several, Level* level,
           RawNames* names) {
    struct stat self;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(path_on_disk.c_str()), closedir);
    if (entries == nullptr || fstat(dirfd(entries.get()), &self) != 0) return errno;
    const FolderId id{self.st_dev, self.st_ino};
    if (id == excluded_ || IsAbove(folder.above.get(), id)) return 0;
    // Without the right to search it, its names can be read, but no file.
    if (faccessat(dirfd(entries.get()), ".", X_OK, AT_EACCESS) != 0) return errno;
    const auto owner = static_cast<std::uint32_t>(level->folders.size());
    level->folders.push_back(
        std::make_shared<OpenFolder>(std::move(folder.file), id, std::move(folder.above)));
    const std::string& file = level->folders.back()->file;
    for (errno = 0; const dirent* entry = readdir(entries.get()); errno = 0) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      const bool is_folder = IsFolder(dirfd(entries.get()), *entry);
      if (several) {
        names->Add(Joined(file, name), is_folder);
        level->owners.push_back(owner);
      } else {
        names->Add(name, is_folder);
      }
    }
    return errno;
  }

  // Errors whose remedy is in the process, not in the folder.
  static bool IsOfThisProcess(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM;
  }

  void AddUnread(const std::string& path, int error) {
    unread_.push_back({path, std::generic_category().message(error)});
    const std::string marker = path + '/';
    rows_.Add({marker, "", 0, {}, "", marker});
  }

  // Whether a link leads back to a folder on the way.
  static bool IsAbove(const OpenFolder* above, FolderId id) {
    for (; above != nullptr; above = above->above.get()) {
      if (above->id == id) return true;
    }
    return false;
  }

  static bool IsFolder(int folder, const dirent& entry) {
    if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
    struct stat status;
    return fstatat(folder, entry.d_name, &status, 0) == 0 && S_ISDIR(status.st_mode);
  }

  void AddPhoto(const WalkedNames& names, std::int64_t name, const std::string& file) {
    ListedPhoto photo{names.path(name), names.label(name), 0, {}, names.problem(name), file};
    struct stat status;
    std::string problem;
    if (stat(FullPath(file).c_str(), &status) != 0) {
      problem = errno == ENOENT ? "a link to a file that is not there"
                                : std::generic_category().message(errno);
      photo.problem = problem;
    } else if (!S_ISREG(status.st_mode)) {
      photo.problem = "not a regular file";
    } else {
      photo.size = status.st_size;
      photo.modified = ModifiedAt(status);
    }
    rows_.Add(photo);
  }

  std::string FullPath(const std::string& file) const {
    return file.empty() ? root_ : Joined(root_, file);
  }

  const std::string root_;
  const std::string label_;
  const bool include_hidden_;
  FolderId excluded_{0, 0};
  std::vector<Level> levels_;  // a stack: trees may be too deep for recursion
  ListingBuilder rows_;
};

}  // namespace

std::unique_ptr<PhotoStream> OpenFolderListing(const fs::path& root,
                                               const ListingOptions& options) {
  return std::make_unique<FolderWalk>(root, options);
}

}  // namespace verger::cli
