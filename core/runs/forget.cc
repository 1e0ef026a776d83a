#include "core/runs/forget.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/sha256.h"
#include "core/runs/names.h"

namespace verger {
namespace {

std::string HashOf(std::string_view text) { return Sha256(std::as_bytes(std::span(text))); }

bool IsHash(std::string_view name) {
  return name.size() == 64 && name.find('.') == std::string_view::npos;
}

// Paths of photos that a manifest names.
std::vector<std::string> PathsOf(const Manifest& manifest) {
  std::vector<std::string> paths;
  for (const Reject& reject : manifest.rejects) paths.push_back(reject.path);
  for (const PartEntry& part : manifest.preprocessing) {
    paths.insert(paths.end(), {part.first, part.last});
  }
  return paths;
}

}  // namespace

Result<Forgetting> Forgetting::Of(const Manifest& manifest, const std::vector<std::string>& names) {
  Forgetting forgetting;
  forgetting.hashed_ = manifest.hashed;
  for (const PartEntry& part : manifest.preprocessing) {
    forgetting.listed_parts_.insert(part.file.name);
  }
  for (std::string name : names) {
    const std::string argument = name;
    while (name.ends_with('/')) name.pop_back();
    if (name.empty()) {
      return Error{Code::kBadCall,
                   fmt::format("'{}': give the name of a photo, folder or label", argument)};
    }
    // A hash may be given as `verger show` prints it.
    forgetting.names_.emplace(manifest.hashed && !IsHash(name) ? HashOf(name) : name, name);
  }
  if (forgetting.names_.empty()) {
    return Error{Code::kBadCall, "give the names of photos, folders or labels to forget"};
  }
  return forgetting;
}

bool Forgetting::Means(const ForgetRow& row, std::set<std::string>* matches) const {
  bool meant = false;
  const auto note = [&](std::string_view key) {
    const auto name = names_.find(key);
    if (name == names_.end()) return;
    meant = true;
    matches->insert(name->first);
  };
  note(row.path);
  note(hashed_ ? HashOf(row.label) : row.label);
  if (hashed_) return meant;
  for (std::size_t slash = row.path.find('/'); slash != std::string_view::npos;
       slash = row.path.find('/', slash + 1)) {
    note(row.path.substr(0, slash));
  }
  return meant;
}

Forgetting::PartVerdict Forgetting::AddPart(std::string_view name,
                                            const std::vector<ForgetRow>& rows) {
  const bool listed = listed_parts_.contains(std::string(name));
  PartVerdict verdict;
  bool adds = listed;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const ForgetRow& row = rows[at];
    std::string path(row.path);
    adds |= !listed && !listed_.contains(path);
    if (listed) listed_.insert(path);
    if (Means(row, &matched_keys_)) {
      removed_paths_.insert(std::move(path));
      if (listed) ++(row.error.empty() ? left_.rows : left_.rejects);
      continue;
    }
    verdict.rows_that_stay.push_back(static_cast<std::int64_t>(at));
    if (!listed) continue;
    if (!row.error.empty()) {
      rejects_.push_back({std::move(path), std::string(row.error)});
    } else {
      ++kept_rows_;
      labels_.emplace(row.label);
    }
  }
  verdict.stays = adds && verdict.rows_that_stay.size() == rows.size();
  return verdict;
}

Result<Forgetting::Left> Forgetting::Finish(std::string_view place) const {
  std::string missing;
  for (const auto& [key, name] : names_) {
    if (!matched_keys_.contains(key)) missing += (missing.empty() ? "'" : ", '") + name + "'";
  }
  if (!missing.empty() && !matched_keys_.empty()) {
    return Error{Code::kNotOurs, fmt::format("{}: no photo, folder or label has this name; nothing "
                                             "was changed: 'verger show' prints paths and labels",
                                             missing)};
  }
  if (!removed_paths_.empty() && kept_rows_ == 0) {
    return Error{Code::kNotOurs, fmt::format("{}: no features would be left; nothing was changed: "
                                             "to erase all photos, remove the output",
                                             place)};
  }
  Left left = left_;
  left.photos = static_cast<std::int64_t>(removed_paths_.size());
  left.labels = static_cast<std::int64_t>(labels_.size());
  left.rejects_left = rejects_;
  std::sort(left.rejects_left.begin(), left.rejects_left.end(),
            [](const Reject& a, const Reject& b) { return a.path < b.path; });
  left.rejects_left.resize(std::min(left.rejects_left.size(), kRejectsListed));
  return left;
}

// Where it cannot be by chance: paths and hashes, not the bare word of a label.
std::vector<std::string> Forgetting::Texts() const {
  std::vector<std::string> texts(removed_paths_.begin(), removed_paths_.end());
  for (const auto& [key, name] : names_) {
    if (hashed_ || key.find('/') != std::string::npos) texts.push_back(key);
  }
  return texts;
}

Status Forgetting::Prove(std::string_view place, std::string_view name, std::string_view bytes,
                         const std::vector<ForgetRow>& rows) {
  const auto leftover = [&](std::string_view text) {
    return Error{Code::kInternal,
                 fmt::format("{}/{}: still contains {}: if verger did not write this file, remove "
                             "it; the output itself no longer contains it",
                             place, name, text)};
  };
  if (!search_) search_.emplace(Texts());
  std::set<std::string> unused;
  std::string decoded;  // paths of others, of which a text may be a part
  for (const ForgetRow& row : rows) {
    if (Means(row, &unused)) return leftover(row.path);
    decoded.append(row.path).append("\n");
  }
  if (NumberIn(Numbered::kManifest, LastOf(name))) {
    VERGER_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(bytes, name));
    for (const std::string& path : PathsOf(manifest)) {
      if (Means({path, {}, {}}, &unused)) return leftover(path);
    }
    decoded = manifest.photos;
    for (const std::string& path : PathsOf(manifest)) decoded.append("\n").append(path);
  }
  for (const std::string& text : search_->In(bytes)) {
    if (decoded.find(text) == std::string::npos) return leftover(text);
  }
  return Ok();
}

}  // namespace verger
