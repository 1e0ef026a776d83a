#include "cli/photos/listing.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <string_view>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/text.h"
#include "cli/photos/file_time.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 18> kEndings = {
    ".jpg",  ".jpeg", ".jpe", ".jfif", ".png",  ".apng", ".webp", ".heic", ".heif",
    ".avif", ".gif",  ".bmp", ".tif",  ".tiff", ".jp2",  ".jxl",  ".dng",  ".cr2"};

bool LooksLikeAPhoto(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string ending(name.substr(dot));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

using FolderId = std::pair<dev_t, ino_t>;

class Walk {
 public:
  explicit Walk(const fs::path& skip) {
    struct stat found;
    if (stat(skip.c_str(), &found) == 0) skip_ = {found.st_dev, found.st_ino};
  }

  // `path` and `label` are the folder's own.
  void Visit(const fs::path& folder, const std::string& path, const std::string& label) {
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
      if (name != "." && name != "..") VisitEntry(folder / name, path, label, name);
    }
    if (errno != 0) throw FileFailure(Exit::kBadInput, "list the folder", folder, errno);
    above_.pop_back();
  }

  std::vector<Photo> Take() {
    std::sort(photos_.begin(), photos_.end(),
              [](const Photo& a, const Photo& b) { return a.path < b.path; });
    return std::move(photos_);
  }

 private:
  void VisitEntry(const fs::path& file, const std::string& path, const std::string& label,
                  std::string_view name) {
    const std::string printable = Printable(name);
    const std::string below = path.empty() ? printable : path + "/" + printable;
    struct stat found;
    const bool there = stat(file.c_str(), &found) == 0;
    if (there && S_ISDIR(found.st_mode)) return Visit(file, below, printable);
    if (!LooksLikeAPhoto(name)) return;
    Photo photo{below, label, file, 0, 0, ""};
    if (!there) {
      photo.problem = errno == ENOENT ? "a link to a file that is not there" : ErrnoText(errno);
    } else if (!S_ISREG(found.st_mode)) {
      photo.problem = "not a regular file";
    } else {
      photo.size = found.st_size;
      photo.modified = ModifiedAt(found);
      if (printable != name) photo.problem = "its name is not plain UTF-8 text: rename it";
    }
    photos_.push_back(std::move(photo));
  }

  static std::string ErrnoText(int error) { return std::generic_category().message(error); }

  FolderId skip_{0, 0};
  std::vector<FolderId> above_;
  std::vector<Photo> photos_;
};

}  // namespace

std::vector<Photo> ListPhotos(const fs::path& root, const fs::path& skip) {
  Walk walk(skip);
  const fs::path whole = fs::weakly_canonical(root);
  walk.Visit(root, "", Printable(whole.filename().string()));
  return walk.Take();
}

}  // namespace verger::cli
