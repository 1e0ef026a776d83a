#include "cli/runs/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/interrupt.h"
#include "cli/base/ordered.h"
#include "cli/runs/part_writer.h"

namespace verger::cli {
namespace {

constexpr const char* kPrefix = "verger.";

// A photo's path has an ending, a hash has none.
PathMode ModeOf(const PhotoRow& row) {
  return row.path.size() == 64 && row.path.find('.') == std::string::npos ? PathMode::kHash
                                                                          : PathMode::kPlain;
}

bool ByPath(const Photo& photo, const std::string& path) { return photo.path < path; }

// Looks at the parts one by one and sorts their rows into those that hold and the rest.
class Planner {
 public:
  Planner(const Output& output, const ModelIdentity& model, const PlanOptions& options,
          std::vector<Photo>& photos, Contents& contents)
      : output_(output),
        model_(model),
        options_(options),
        photos_(photos),
        listed_(photos.size()),
        contents_(contents),
        done_(photos.size()) {}

  Plan Make() {
    std::vector<Item> items;
    if (output_.manifest()) {
      for (const PartEntry& part : output_.manifest()->preprocessing) {
        items.push_back({part.file.name, &part});
      }
    }
    for (std::string& name : output_.Unlisted(kPreprocessing)) {
      items.push_back({std::move(name), nullptr});
    }
    plan_.kept_all_listed = true;
    RunOrdered<std::optional<std::string>>(
        items.size(), kReadersOfParts, [&](std::size_t item) { return Read(items[item]); },
        [&](std::size_t item, std::optional<std::string> bytes) {
          ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
          Look(items[item], bytes);
        });
    for (std::size_t photo = 0; photo < photos_.size(); ++photo) {
      if (!done_[photo]) plan_.todo.push_back({static_cast<std::uint32_t>(photo)});
    }
    TakeFromSources();
    return std::move(plan_);
  }

 private:
  struct Item {
    std::string name;
    const PartEntry* listed;  // null: no manifest names it
  };

  // A part's bytes; nothing if they are not those that were written. Safe from many threads.
  std::optional<std::string> Read(const Item& item) const {
    try {
      return item.listed != nullptr ? output_.Read(item.listed->file)
                                    : output_.place().Read(item.name);
    } catch (const Damaged&) {
      return std::nullopt;
    }
  }

  void Look(const Item& item, const std::optional<std::string>& bytes) {
    if (bytes && Examine(item, *bytes)) {
      if (item.listed == nullptr) plan_.unlisted.push_back(item.name);
      return;
    }
    if (!bytes) plan_.damaged.push_back(item.name);
    plan_.replaced.push_back(item.name);
    if (item.listed != nullptr) plan_.kept_all_listed = false;
  }

  // Returns whether the part is kept.
  bool Examine(const Item& item, const std::string& bytes) {
    const std::string shown = output_.place().PathOf(item.name);
    try {
      const bool same_features = item.listed != nullptr
                                     ? output_.manifest()->model.SameFeatures(model_)
                                     : OwnMetadata(bytes, shown) == PartMetadata(model_);
      if (!same_features) return false;
      std::vector<PhotoRow> rows = DecodePhotoRows(bytes, shown);
      // Plain names must not come into an output of hashed ones by a run that was killed.
      if (item.listed == nullptr && !rows.empty() && ModeOf(rows.front()) != options_.path_mode) {
        return false;
      }
      return Sort(item, bytes, std::move(rows));
    } catch (const Damaged&) {
      plan_.damaged.push_back(item.name);
      return false;
    }
  }

  // Of a part that no manifest vouches for.
  static FileMetadata OwnMetadata(const std::string& bytes, const std::string& shown) {
    FileMetadata own = ReadParquetMetadata(AsFile(bytes), shown);
    std::erase_if(own, [](const auto& pair) { return !pair.first.starts_with(kPrefix); });
    return own;
  }

  bool Sort(const Item& item, const std::string& bytes, std::vector<PhotoRow> rows) {
    std::vector<std::size_t> photos;
    for (const PhotoRow& row : rows) {
      if (const auto photo = PhotoOf(row)) photos.push_back(*photo);
    }
    const std::uint32_t source = AddContents(item.name, rows);
    if (photos.size() < rows.size()) {
      Hold(source, std::move(rows));
      return false;
    }
    // A part that the manifest names is the one that it names: its checksum was looked at.
    PartEntry part = item.listed != nullptr
                         ? *item.listed
                         : EntryOf({item.name, bytes.size(), Sha256Hex(bytes)}, rows);
    for (const PhotoRow& row : rows) {
      if (row.rejected()) plan_.rejects.push_back({row.path, row.error});
    }
    for (const std::size_t photo : photos) done_[photo] = true;
    plan_.kept.push_back(std::move(part));
    return true;
  }

  // The photo that a row still speaks of, unless another row did already.
  std::optional<std::size_t> PhotoOf(const PhotoRow& row) {
    const auto listed_end = photos_.begin() + static_cast<std::ptrdiff_t>(listed_);
    const auto found = std::lower_bound(photos_.begin(), listed_end, row.path, ByPath);
    if (found == listed_end || found->path != row.path) return VanishedPhotoOf(row);
    const auto index = static_cast<std::size_t>(found - photos_.begin());
    const bool same = row.size == found->size && row.modified == found->modified;
    if (!same || done_[index]) return std::nullopt;
    return index;
  }

  // The same for a photo that is listed no more. A reject of one tells nothing that is still so.
  std::optional<std::size_t> VanishedPhotoOf(const PhotoRow& row) {
    if (options_.drop_vanished || row.rejected()) return std::nullopt;
    const auto [entry, first] = vanished_.try_emplace(row.path, photos_.size());
    if (first) {
      photos_.push_back({row.path, row.label, {}, row.size, row.modified, {}});
      done_.push_back(false);
    }
    if (done_[entry->second]) return std::nullopt;
    return entry->second;
  }

  // Returns the part's number among the sources.
  std::uint32_t AddContents(const std::string& name, const std::vector<PhotoRow>& rows) {
    const auto part = static_cast<std::uint32_t>(plan_.sources.size());
    plan_.sources.push_back(name);
    std::uint32_t good = 0;
    for (const PhotoRow& row : rows) {
      if (!row.rejected()) contents_.Add(row.sha256, {part, good++});
    }
    return part;
  }

  // Keeps the rows that hold, of a part that goes.
  void Hold(std::uint32_t part, std::vector<PhotoRow> rows) {
    std::uint32_t good = 0;
    for (PhotoRow& row : rows) {
      const Source source{part, good};
      good += row.rejected() ? 0 : 1;
      if (const auto photo = PhotoOf(row)) {
        plan_.held.push_back({static_cast<std::uint32_t>(*photo), std::move(row), source});
      }
    }
  }

  // Rows that hold in parts that go: their photos need not be read again.
  void TakeFromSources() {
    for (std::size_t held = 0; held < plan_.held.size(); ++held) {
      const std::uint32_t photo = plan_.held[held].photo;
      const auto planned = std::lower_bound(
          plan_.todo.begin(), plan_.todo.end(), photo,
          [](const PlannedPhoto& item, std::uint32_t wanted) { return item.photo < wanted; });
      if (planned == plan_.todo.end() || planned->photo != photo) continue;
      planned->held = static_cast<std::uint32_t>(held);
    }
  }

  const Output& output_;
  const ModelIdentity& model_;
  const PlanOptions options_;
  std::vector<Photo>& photos_;  // those listed, sorted; behind them vanished ones
  const std::size_t listed_;
  Contents& contents_;
  std::vector<bool> done_;
  std::unordered_map<std::string, std::size_t> vanished_;
  Plan plan_;
};

}  // namespace

FileMetadata PartMetadata(const ModelIdentity& model) {
  return {{kModelKey, model.sha256}, {"verger.model.preset", model.identity}};
}

Plan MakePlan(const Output& output, const ModelIdentity& model, const PlanOptions& options,
              std::vector<Photo>* photos, Contents* contents) {
  return Planner(output, model, options, *photos, *contents).Make();
}

}  // namespace verger::cli
