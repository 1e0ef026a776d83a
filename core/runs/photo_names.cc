#include "core/runs/photo_names.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <unordered_set>

#include "core/runs/names.h"
#include "core/runs/printable.h"

namespace verger {
namespace {

constexpr std::string_view kOddName = "its name is not plain UTF-8 text: rename it";
constexpr std::string_view kPassedOver = "the files in it are passed over";
constexpr std::string_view kSameName = "another file's name looks the same: rename it";

// `path` with a '/' behind it if it is a folder's: by that they are sorted.
WalkedName Named(std::string_view folder, std::int64_t row, const RawName& raw, bool passed_over) {
  WalkedName walked{row, std::string(folder), {}};
  if (!folder.empty()) walked.path += '/';
  const std::string printable = Printable(raw.name);
  walked.path += printable;
  if (raw.folder) {
    if (passed_over) walked.problem = kPassedOver;
    walked.path += '/';
  } else if (LastOf(printable) != LastOf(raw.name)) {
    walked.problem = kOddName;  // a folder's odd name is no fault of the photo's
  }
  return walked;
}

// Sorts by path, then by the bytes of names. Paths are compared from `common` on, where they begin
// to differ.
void Sort(std::size_t common, std::span<const RawName> names, std::vector<WalkedName>* walked) {
  const auto tail = [&](const WalkedName& name) {
    return std::string_view(name.path).substr(common);
  };
  std::sort(walked->begin(), walked->end(), [&](const WalkedName& a, const WalkedName& b) {
    const int order = tail(a).compare(tail(b));
    if (order != 0) return order < 0;
    return names[static_cast<std::size_t>(a.row)].name <
           names[static_cast<std::size_t>(b.row)].name;
  });
}

// Gives each of several photos of one path its own. Returns whether there were such.
bool PartAlike(std::vector<WalkedName>* walked) {
  bool parted = false;
  std::string alike;  // the path of the last photo, before it was changed
  int others = 0;
  for (WalkedName& name : *walked) {
    if (name.path != alike || name.path.ends_with('/')) {
      alike = name.path;
      others = 0;
      continue;
    }
    ++others;
    name.path += others == 1 ? " (another)" : fmt::format(" (another {})", others);
    name.problem = kSameName;
    parted = true;
  }
  return parted;
}

std::string InPath(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

// Whether files are passed over by their own names and by those of the folders on their paths.
class Hidden {
 public:
  Hidden(std::string_view folder, bool include_hidden)
      : folder_(folder), include_(include_hidden), kind_(KindOf(folder)) {}

  bool PassesOver(std::string_view folder) const {
    return KindOf(InPath(folder_, folder)) != FileKind::kNone;
  }

  // kNone: it is not passed over.
  FileKind KindOfFile(std::string_view name) {
    if (include_) return FileKind::kNone;
    if (const std::string_view below = FolderOf(name); below != below_) {
      below_ = below;  // the next name's, most often
      kind_ = KindOf(below.empty() ? std::string(folder_) : InPath(folder_, below));
    }
    if (kind_ != FileKind::kNone) return kind_;
    const std::string_view file = LastOf(name);
    if (file.starts_with("._")) return FileKind::kMacSideFile;
    return file.starts_with('.') ? FileKind::kHidden : FileKind::kNone;
  }

 private:
  FileKind KindOf(std::string_view path) const {
    return include_ ? FileKind::kNone : KindOfFolder(path);
  }

  std::string_view folder_;
  bool include_;
  std::string_view below_;
  FileKind kind_;  // of `below_` in `folder_`
};

std::string ShotOf(std::string_view name, std::string_view shot) {
  return fmt::format("{}/{}", FolderOf(name), shot);
}

// Rows of the folders and of the files that are listed; counts what is passed over.
std::vector<std::size_t> Listed(std::span<const RawName> names, Hidden& hidden,
                                ListingCounts* counts) {
  std::vector<std::size_t> rows;
  std::vector<std::size_t> foreign;  // positions in `rows`
  for (std::size_t row = 0; row < names.size(); ++row) {
    const std::string_view name = names[row].name;
    if (!names[row].folder) {
      FileKind kind = KindByEnding(LastOf(name));
      if (kind == FileKind::kNone) continue;
      if (const FileKind why = hidden.KindOfFile(name); why != FileKind::kNone) kind = why;
      if (IsForeignImage(kind)) {
        foreign.push_back(rows.size());
      } else if (kind != FileKind::kPhoto) {
        ++counts->passed_over[ListingCounts::At(kind)];
        continue;
      }
    }
    rows.push_back(row);
  }
  if (foreign.empty()) return rows;

  std::unordered_set<std::string> shots;  // of photos
  for (const std::size_t row : rows) {
    const std::string_view name = names[row].name;
    if (names[row].folder || KindByEnding(LastOf(name)) != FileKind::kPhoto) continue;
    for (const std::string& shot : ShotNames(LastOf(name), FileKind::kPhoto)) {
      shots.insert(ShotOf(name, shot));
    }
  }
  constexpr std::size_t kNoRow = ~std::size_t{0};
  for (const std::size_t position : foreign) {
    const std::string_view name = names[rows[position]].name;
    const FileKind kind = KindByEnding(LastOf(name));
    const std::vector<std::string> own = ShotNames(LastOf(name), kind);
    if (std::none_of(own.begin(), own.end(),
                     [&](const std::string& shot) { return shots.contains(ShotOf(name, shot)); })) {
      continue;
    }
    ++counts->passed_over[ListingCounts::At(kind)];
    rows[position] = kNoRow;
  }
  std::erase(rows, kNoRow);
  return rows;
}

}  // namespace

std::string_view LabelOf(std::string_view path, std::string_view root) {
  std::string_view folder = FolderOf(path);
  while (folder.ends_with('/')) folder.remove_suffix(1);  // "a//b.jpg", as buckets may have it
  return folder.empty() ? root : LastOf(folder);
}

std::vector<WalkedName> WalkNames(std::string_view folder, std::span<const RawName> names,
                                  bool include_hidden, ListingCounts* counts) {
  std::vector<WalkedName> walked;
  Hidden hidden(folder, include_hidden);
  for (const std::size_t row : Listed(names, hidden, counts)) {
    const bool passed_over = names[row].folder && hidden.PassesOver(names[row].name);
    walked.push_back(Named(folder, static_cast<std::int64_t>(row), names[row], passed_over));
  }
  const std::size_t common = folder.empty() ? 0 : folder.size() + 1;
  Sort(common, names, &walked);
  const auto name_of = [&](const WalkedName& name) {
    return names[static_cast<std::size_t>(name.row)].name;
  };
  walked.erase(std::unique(walked.begin(), walked.end(),
                           [&](const WalkedName& a, const WalkedName& b) {
                             return a.path == b.path && name_of(a) == name_of(b);
                           }),
               walked.end());
  if (PartAlike(&walked)) Sort(common, names, &walked);
  for (WalkedName& name : walked) {
    if (names[static_cast<std::size_t>(name.row)].folder) {
      name.path.pop_back();
    } else {
      ++counts->listed[ListingCounts::At(KindByEnding(LastOf(name_of(name))))];
    }
  }
  return walked;
}

}  // namespace verger
