#include "cli/photos/folder_listing.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/text.h"
#include "cli/photos/file_time.h"
#include "cli/photos/photo_names.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

using FolderId = std::pair<dev_t, ino_t>;

class Walk {
 public:
  // Leaves the folder `skip` alone; "" for none.
  Walk(const fs::path& root, const fs::path& skip) : root_(root) {
    struct stat found;
    if (!skip.empty() && stat(skip.c_str(), &found) == 0) skip_ = {found.st_dev, found.st_ino};
  }

  std::vector<Photo> Run() {
    Visit(root_, "", "", Printable(fs::weakly_canonical(root_).filename().string()));
    return std::move(photos_);
  }

 private:
  // `path`, printable, and `file`, as it is, are below the root; `label` is the folder's own.
  void Visit(const fs::path& folder, const std::string& path, const std::string& file,
             const std::string& label) {
    struct stat self;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), closedir);
    if (entries == nullptr || fstat(dirfd(entries.get()), &self) != 0) {
      throw FileFailure(Exit::kBadInput, "list the folder", folder, errno);
    }
    const FolderId id{self.st_dev, self.st_ino};
    if (id == skip_ || std::find(above_.begin(), above_.end(), id) != above_.end()) return;
    above_.push_back(id);
    for (errno = 0; const dirent* entry = readdir(entries.get()); errno = 0) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") VisitEntry(folder, path, file, label, name);
    }
    if (errno != 0) throw FileFailure(Exit::kBadInput, "list the folder", folder, errno);
    above_.pop_back();
  }

  void VisitEntry(const fs::path& folder, const std::string& path, const std::string& file,
                  const std::string& label, std::string_view name) {
    const std::string printable = Printable(name);
    const std::string below = path.empty() ? printable : path + "/" + printable;
    std::string raw = file.empty() ? std::string(name) : file + "/" + std::string(name);
    struct stat found;
    const bool there = stat((folder / name).c_str(), &found) == 0;
    if (there && S_ISDIR(found.st_mode)) return Visit(folder / name, below, raw, printable);
    if (!LooksLikeAPhoto(name)) return;
    Photo photo{below, label, raw == below ? RareText() : RareText(std::move(raw)), 0, 0, {}};
    if (!there) {
      photo.problem =
          errno == ENOENT ? std::string("a link to a file that is not there") : ErrnoText(errno);
    } else if (!S_ISREG(found.st_mode)) {
      photo.problem = std::string("not a regular file");
    } else {
      photo.size = found.st_size;
      photo.modified = ModifiedAt(found);
      if (printable != name) photo.problem = std::string(kBadName);
    }
    photos_.push_back(std::move(photo));
  }

  static std::string ErrnoText(int error) { return std::generic_category().message(error); }

  const fs::path root_;
  FolderId skip_{0, 0};
  std::vector<FolderId> above_;
  std::vector<Photo> photos_;
};

}  // namespace

std::vector<Photo> ListFolder(const fs::path& root, const fs::path& skip) {
  return Walk(root, skip).Run();
}

}  // namespace verger::cli
