#include "cli/runs/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/runs/interrupt.h"

namespace verger::cli {
namespace {

constexpr const char* kPrefix = "verger.";

bool ByPath(const Photo& photo, const std::string& path) { return photo.path < path; }

// Looks at the parts one by one and sorts their rows into those that hold and the rest.
class Planner {
 public:
  Planner(const Output& output, const std::vector<Photo>& photos, const ModelIdentity& model)
      : output_(output), photos_(photos), model_(model), done_(photos.size()) {}

  Plan Make() {
    bool all_kept = true;
    std::vector<PartEntry> listed;
    if (output_.manifest()) listed = output_.manifest()->preprocessing;
    for (const PartEntry& part : listed) {
      if (!Look(part.file.name, &part)) all_kept = false;
    }
    plan_.kept_all_listed = all_kept;
    for (const std::string& name : output_.Unlisted(kPreprocessing)) {
      if (Look(name, nullptr)) plan_.unlisted.push_back(name);
    }
    plan_.contents.Seal();
    for (std::size_t photo = 0; photo < photos_.size(); ++photo) {
      if (!done_[photo]) plan_.todo.push_back({static_cast<std::uint32_t>(photo), {}, {}});
    }
    TakeFromSources();
    return std::move(plan_);
  }

 private:
  // Returns whether the part is kept.
  bool Look(const std::string& name, const PartEntry* listed) {
    ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
    const bool kept = Examine(name, listed);
    if (!kept) plan_.replaced.push_back(name);
    return kept;
  }

  bool Examine(const std::string& name, const PartEntry* listed) {
    const std::string shown = (output_.folder() / name).string();
    try {
      const std::string bytes = listed != nullptr
                                    ? output_.Read(listed->file)
                                    : ReadFile(output_.folder() / name, Exit::kStorage);
      const bool same_features = listed != nullptr
                                     ? output_.manifest()->model.SameFeatures(model_)
                                     : OwnMetadata(bytes, shown) == PartMetadata(model_);
      return same_features && Sort(name, bytes, DecodePhotoRows(bytes, shown));
    } catch (const Damaged&) {
      plan_.damaged.push_back(name);
      return false;
    }
  }

  // Of a part that no manifest vouches for.
  static FileMetadata OwnMetadata(const std::string& bytes, const std::string& shown) {
    FileMetadata own = ReadParquetMetadata(bytes, shown);
    std::erase_if(own, [](const auto& pair) { return !pair.first.starts_with(kPrefix); });
    return own;
  }

  bool Sort(const std::string& name, const std::string& bytes, std::vector<PhotoRow> rows) {
    std::vector<std::size_t> photos;
    for (const PhotoRow& row : rows) {
      if (const auto photo = PhotoOf(row)) photos.push_back(*photo);
    }
    if (photos.size() < rows.size()) {
      AddSource(name, std::move(rows));
      return false;
    }
    PartEntry part{{name, bytes.size(), Sha256Hex(bytes)}, 0, 0};
    for (const PhotoRow& row : rows) {
      ++(row.rejected() ? part.rejects : part.rows);
      if (row.rejected()) plan_.rejects.push_back({row.path, row.error});
    }
    for (const std::size_t photo : photos) done_[photo] = true;
    plan_.kept.push_back(std::move(part));
    return true;
  }

  // The photo that a row still speaks of, unless another row did already.
  std::optional<std::size_t> PhotoOf(const PhotoRow& row) const {
    const auto found = std::lower_bound(photos_.begin(), photos_.end(), row.path, ByPath);
    if (found == photos_.end() || found->path != row.path) return std::nullopt;
    const auto index = static_cast<std::size_t>(found - photos_.begin());
    const bool same = row.size == found->size && row.modified == found->modified;
    if (!same || done_[index]) return std::nullopt;
    return index;
  }

  void AddSource(const std::string& name, std::vector<PhotoRow> rows) {
    const auto part = static_cast<std::uint32_t>(plan_.sources.size());
    plan_.sources.push_back(name);
    std::uint32_t good = 0;
    for (PhotoRow& row : rows) {
      const Source source{part, good};
      if (!row.rejected()) {
        plan_.contents.Add(row.sha256, source);
        ++good;
      }
      if (const auto photo = PhotoOf(row)) held_.push_back({*photo, std::move(row), source});
    }
  }

  // Rows that hold in parts that go: their photos need not be read again.
  void TakeFromSources() {
    for (Held& held : held_) {
      const auto planned = std::lower_bound(
          plan_.todo.begin(), plan_.todo.end(), held.photo,
          [](const PlannedPhoto& item, std::size_t photo) { return item.photo < photo; });
      if (planned == plan_.todo.end() || planned->photo != held.photo) continue;
      planned->row = std::move(held.row);
      planned->source = held.source;
    }
  }

  struct Held {
    std::size_t photo;
    PhotoRow row;
    Source source;
  };

  const Output& output_;
  const std::vector<Photo>& photos_;
  const ModelIdentity& model_;
  std::vector<bool> done_;
  std::vector<Held> held_;
  Plan plan_;
};

}  // namespace

KnownContents::Key KnownContents::KeyOf(const std::string& sha256) {
  Key key{};
  for (std::size_t half = 0; half < key.size(); ++half) {
    const char* begin = sha256.data() + std::min(sha256.size(), 16 * half);
    const char* end = sha256.data() + std::min(sha256.size(), 16 * (half + 1));
    std::from_chars(begin, end, key[half], 16);
  }
  return key;
}

void KnownContents::Add(const std::string& sha256, Source source) {
  entries_.push_back({KeyOf(sha256), source});
}

void KnownContents::Seal() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.key < b.key; });
}

std::optional<Source> KnownContents::Find(const std::string& sha256) const {
  const Key key = KeyOf(sha256);
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), key,
                       [](const Entry& entry, const Key& wanted) { return entry.key < wanted; });
  if (found == entries_.end() || found->key != key) return std::nullopt;
  return found->source;
}

FileMetadata PartMetadata(const ModelIdentity& model) {
  return {{kModelKey, model.sha256}, {"verger.model.preset", model.identity}};
}

Plan MakePlan(const Output& output, const std::vector<Photo>& photos, const ModelIdentity& model) {
  return Planner(output, photos, model).Make();
}

}  // namespace verger::cli
