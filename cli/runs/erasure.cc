#include "cli/runs/erasure.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/interrupt.h"
#include "cli/base/search.h"
#include "cli/engine/batches.h"
#include "cli/runs/extraction.h"
#include "cli/runs/feature_reader.h"
#include "cli/runs/part_writer.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

// Which photos are meant.
class Meant {
 public:
  Meant(const std::vector<std::string>& names, PathMode mode) : mode_(mode) {
    for (std::string name : names) {
      while (name.ends_with('/')) name.pop_back();
      // A hash may be given as `verger show` prints it.
      const bool is_hash = name.size() == 64 && name.find('.') == std::string::npos;
      names_.emplace(mode == PathMode::kHash && !is_hash ? Sha256Hex(name) : name, name);
    }
  }

  // Also notes which of the names it was.
  bool Has(const PhotoRow& row) {
    bool meant = Note(row.path) || NoteLabel(row.label);
    if (mode_ == PathMode::kPlain) {
      for (std::size_t slash = row.path.find('/'); slash != std::string::npos;
           slash = row.path.find('/', slash + 1)) {
        meant |= Note(row.path.substr(0, slash));
      }
    }
    return meant;
  }

  // Errors: Failure kBadInput, naming the names that no photo had.
  void RequireAllFound() const {
    std::string missing;
    for (const auto& [key, name] : names_) {
      if (!found_.contains(key)) missing += (missing.empty() ? "'" : ", '") + name + "'";
    }
    if (missing.empty()) return;
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: no photo, folder or label of this name; nothing was done: "
                              "'verger show' has the names, as they are below PHOTOS",
                              missing));
  }

 private:
  bool Note(const std::string& key) {
    if (!names_.contains(key)) return false;
    found_.insert(key);
    return true;
  }
  bool NoteLabel(const std::string& label) {
    return Note(mode_ == PathMode::kHash ? Sha256Hex(label) : label);
  }

  const PathMode mode_;
  std::map<std::string, std::string> names_;  // as rows have them, and as they were given
  std::set<std::string> found_;
};

class Eraser {
 public:
  Eraser(Output& output, const std::vector<std::string>& names, const ErasureOptions& options)
      : output_(output),
        options_(options),
        manifest_(output.Extracted()),
        meant_(names, manifest_.path_mode) {}

  ErasureSummary Run() {
    RequireMemoryForMoments(manifest_.model.dimension);
    manifest_.replaced.clear();
    FindAll();
    meant_.RequireAllFound();
    if (kept_rows_ == 0) {
      throw Failure(Exit::kBadInput,
                    fmt::format("{}: no features would be left; nothing was done: remove all of it",
                                output_.place().PathOf("")));
    }
    RewriteParts();
    std::erase_if(manifest_.rejects,
                  [&](const Reject& reject) { return gone_.contains(reject.path); });
    manifest_.labels = static_cast<std::int64_t>(labels_.size());
    const MomentsHandle moments = GatherMoments();
    if (manifest_.reduction) {
      Reduce(output_, *moments,
             {manifest_.reduction->settings, false, options_.threads, options_.progress},
             &manifest_);
      summary_.reduced = true;
    }
    output_.Commit(manifest_);
    Prove();
    return summary_;
  }

 private:
  // Looks at every part, also at those that a killed run has left.
  void FindAll() {
    for (const PartEntry& part : manifest_.preprocessing) {
      if (Find(part.file.name, output_.Read(part.file), true)) touched_.insert(part.file.name);
    }
    for (const std::string& name : output_.Unlisted(kPreprocessing)) {
      // Work that the next run can do again, or what a forget that was stopped wrote.
      if (Find(name, output_.place().Read(name), false)) manifest_.replaced.push_back(name);
    }
  }

  // Whether the part cannot stay as it is.
  bool Find(const std::string& name, const std::string& bytes, bool listed) {
    ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
    bool touched = false;
    bool adds = listed;
    for (const PhotoRow& row : DecodePhotoRows(bytes, output_.place().PathOf(name))) {
      if (listed) {
        listed_.insert(row.path);
      } else if (!listed_.contains(row.path)) {
        adds = true;
      }
      const bool meant = meant_.Has(row);
      if (meant) {
        touched = true;
        gone_.insert(row.path);
        if (listed) ++(row.rejected() ? summary_.rejects : summary_.rows);
      } else if (listed && !row.rejected()) {
        ++kept_rows_;
        labels_.insert(row.label);
      }
    }
    return touched || !adds;
  }

  void RewriteParts() {
    std::vector<PartEntry> parts;
    for (const PartEntry& part : manifest_.preprocessing) {
      if (!touched_.contains(part.file.name)) {
        parts.push_back(part);
        continue;
      }
      manifest_.replaced.push_back(part.file.name);
      ++summary_.parts;
      for (PartEntry& rewritten : Rewrite(part)) parts.push_back(std::move(rewritten));
    }
    manifest_.preprocessing = std::move(parts);
  }

  // The part without what goes, or more than one if it was larger than ours; none if nothing is
  // left.
  std::vector<PartEntry> Rewrite(const PartEntry& part) {
    ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
    PartWriter writer(output_, manifest_.model, nullptr);
    const std::vector<std::string> names = {part.file.name};
    FeatureReader reader(output_, names, writer);
    std::uint32_t good = 0;
    for (PhotoRow& row : DecodePhotoRows(output_.Read(part.file), part.file.name)) {
      const Source source{0, good};
      good += row.rejected() ? 0 : 1;
      if (gone_.contains(row.path)) continue;
      const bool rejected = row.rejected();
      writer.Add(std::move(row), rejected ? std::span<const float>() : reader.Features(source));
    }
    writer.Flush();
    return writer.parts();
  }

  // From the features themselves: what was subtracted would leave its last bits behind.
  MomentsHandle GatherMoments() {
    MomentsHandle moments = NewMoments(manifest_.model.dimension);
    for (const PartEntry& part : manifest_.preprocessing) {
      AddToMoments(*moments, DecodeGoodRows(output_.Read(part.file), part.file.name));
    }
    manifest_.moments = SaveMoments(output_, *moments);
    return moments;
  }

  // Reads what there is now. A path may be part of another that stays: then that one is meant.
  void Prove() {
    const TextSearch search({gone_.begin(), gone_.end()});
    for (const char* folder : {kPreprocessing, kResults, "Model", "_verger", "_verger/staged"}) {
      for (const std::string& name : output_.place().List(folder)) {
        const std::string whole = fmt::format("{}/{}", folder, name);
        if (whole == "_verger/staged" || name.starts_with('.')) continue;  // hidden: not ours
        const std::string bytes = output_.place().Read(whole);
        ++summary_.files;
        std::string decoded;
        if (name.ends_with(".parquet")) {
          for (const std::string& path : DecodePaths(bytes, whole)) {
            if (gone_.contains(path)) Found(path, whole);
            decoded += path + "\n";
          }
        }
        for (const std::string& path : search.In(bytes)) {
          if (decoded.find(path) == std::string::npos && !IsPartOfAnother(path)) Found(path, whole);
        }
      }
    }
  }

  // Rejects stand in the manifest, beside the settings.
  bool IsPartOfAnother(const std::string& path) const {
    return manifest_.photos.find(path) != std::string::npos ||
           std::any_of(
               manifest_.rejects.begin(), manifest_.rejects.end(),
               [&](const Reject& reject) { return reject.path.find(path) != std::string::npos; });
  }

  [[noreturn]] void Found(const std::string& path, const std::string& file) const {
    throw Failure(Exit::kFailed,
                  fmt::format("{}: still holds {}: if it is not a file of verger's, remove it; the "
                              "output itself is without it",
                              output_.place().PathOf(file), path));
  }

  Output& output_;
  const ErasureOptions& options_;
  Manifest manifest_;
  Meant meant_;
  std::unordered_set<std::string> gone_;    // paths
  std::unordered_set<std::string> listed_;  // paths of all rows of the manifest's parts
  std::set<std::string> labels_;            // of what stays
  std::set<std::string> touched_;           // parts
  std::int64_t kept_rows_ = 0;
  ErasureSummary summary_;
};

}  // namespace

ErasureSummary Forget(Output& output, const std::vector<std::string>& names,
                      const ErasureOptions& options) {
  return Eraser(output, names, options).Run();
}

}  // namespace verger::cli
