#include "core/runs/verify.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/base/sha256.h"
#include "core/runs/names.h"

namespace verger {
namespace {

std::string Problem(std::string_view name, std::string_view problem) {
  return fmt::format("{}: {}", name, problem);
}

bool ByPath(const Reject& a, const Reject& b) { return a.path < b.path; }

bool IsSame(const Reject& a, const Reject& b) { return a.path == b.path && a.reason == b.reason; }

// Text at two keys of a JSON document; "" for whatever else there is.
std::string TextAt(const nlohmann::json& json, const char* outer, const char* inner) {
  const nlohmann::json::json_pointer pointer =
      nlohmann::json::json_pointer() / std::string(outer) / std::string(inner);
  if (!json.is_object() || !json.contains(pointer) || !json.at(pointer).is_string()) return "";
  return json.at(pointer);
}

}  // namespace

std::size_t Verifier::HashOfKey::operator()(const Key& key) const {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof(hash));
  // Digits differ in few of their bits.
  return hash * std::size_t{0x9E3779B97F4A7C15} >> 7;
}

Verifier::Verifier(Manifest manifest) : manifest_(std::move(manifest)) {
  for (const PartEntry& part : manifest_.preprocessing) photos_.emplace(part.file.name, part);
  if (!manifest_.reduction) return;
  for (const ResultEntry& result : manifest_.reduction->results) {
    results_.emplace(result.part.file.name, result.part);
  }
}

Result<Problems> Verifier::AddPart(std::string_view name, const std::vector<VerifiedRow>& rows) {
  if (const auto part = photos_.find(name); part != photos_.end()) {
    added_.insert(part->first);
    return AddPhotos(part->second, rows);
  }
  const auto part = results_.find(name);
  if (part == results_.end()) {
    return Error{Code::kBadCall, Problem(name, "not a part that the manifest names")};
  }
  Problems problems;
  if (std::ssize(rows) != part->second.rows) {
    problems.push_back(Problem(name, "not as many rows as the manifest states"));
  }
  return problems;
}

Problems Verifier::AddPhotos(const PartEntry& part, const std::vector<VerifiedRow>& rows) {
  Problems problems;
  std::int64_t rejects = 0;
  for (const VerifiedRow& row : rows) {
    if (!row.error.empty()) {
      ++rejects;
      rejects_.push_back({std::string(row.path), std::string(row.error)});
    }
    const std::array<char, 64> digits = Sha256Digits(std::as_bytes(std::span(row.path)));
    Key key{};
    std::copy_n(digits.begin(), key.size(), key.begin());
    if (!paths_.insert(key).second) {
      problems.push_back(Problem(part.file.name, fmt::format("a second row of {}", row.path)));
    }
  }
  if (rejects != part.rejects || std::ssize(rows) != part.rows + rejects) {
    problems.push_back(
        Problem(part.file.name, "not as many rows and rejects as the manifest states"));
  }
  const bool ranged = !part.last.empty();  // else the part is of version 1 of the format
  const bool sorted = std::is_sorted(rows.begin(), rows.end(),
                                     [](const auto& a, const auto& b) { return a.path < b.path; });
  if (ranged && (rows.empty() || !sorted || rows.front().path != part.first ||
                 rows.back().path != part.last)) {
    problems.push_back(Problem(part.file.name,
                               "its rows are not in order from the first to the last that the "
                               "manifest names"));
  }
  return problems;
}

Problems Verifier::AddPca(std::string_view document, std::string_view page_document) {
  if (!manifest_.reduction) return {};
  Problems problems;
  const auto json = IsDeepJson(document) ? nlohmann::json() : ParseJsonOrDiscard(document);
  if (TextAt(json, "model", "sha256") != manifest_.model.sha256 ||
      TextAt(json, "model", "preset") != manifest_.model.identity) {
    problems.push_back(
        Problem(manifest_.reduction->pca.name, "was fitted to features of another model"));
  }
  if (document != page_document) {
    problems.push_back(Problem(kPcaDocument, "not the PCA of these Results: run again"));
  }
  return problems;
}

Problems Verifier::Finish(const Listing& listing) const {
  Problems problems;
  std::vector<Reject> rejects = rejects_;
  const auto most = std::min(rejects.size(), kRejectsListed);
  std::partial_sort(rejects.begin(), rejects.begin() + static_cast<std::ptrdiff_t>(most),
                    rejects.end(), ByPath);
  const bool listed =
      manifest_.rejects.size() <= most &&
      std::equal(manifest_.rejects.begin(), manifest_.rejects.end(), rejects.begin(), IsSame);
  if (added_.size() == photos_.size() && !listed) {
    problems.push_back(Problem("manifest", "lists other rejects than its parts have"));
  }
  if (manifest_.reduction) {
    std::set<std::string> sources;
    for (const PartEntry& part : manifest_.preprocessing) {
      if (part.rows > 0) sources.insert(part.file.sha256);
    }
    std::int64_t rows = 0;
    for (const ResultEntry& result : manifest_.reduction->results) {
      rows += result.part.rows;
      if (sources.erase(result.source) == 0) {
        problems.push_back(
            Problem(result.part.file.name, "projects features that are not in Preprocessing"));
      }
    }
    if (rows != manifest_.rows() || !sources.empty()) {
      problems.push_back(
          Problem(kResults, fmt::format("{} rows, Preprocessing has {}", rows, manifest_.rows())));
    }
  }
  const auto names = manifest_.Names();
  for (const std::string& name : listing) {
    const bool data = FolderOf(name) == kPreprocessing || FolderOf(name) == kResults;
    if (data && IsData(name) && !names.contains(name)) {
      problems.push_back(Problem(
          name, "not part of this output: a run is writing it, or another program wrote it"));
    }
  }
  return problems;
}

}  // namespace verger
